package dev.lora4j.server;

import dev.lora4j.server.finetuning.FineTuningOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a server is to be run.
 *
 * @param base what clients call the base model
 * @param host to listen at
 * @param port to listen at; 0 for any that is free
 * @param adapterRoot the folder whose adapters may be loaded by name
 * @param adapterLoading whether requests may load and unload adapters
 * @param fineTuning where jobs keep what they have; empty if there are none
 * @param page whether there is a page for browsers at {@code /}
 * @param mergesHot whether an adapter that has all the work is merged meanwhile; of a base in float32
 */
public record ServerOptions(
        String base,
        String host,
        int port,
        Limits limits,
        ApiKeys keys,
        Optional<Path> adapterRoot,
        boolean adapterLoading,
        Optional<FineTuningOptions> fineTuning,
        boolean page,
        boolean mergesHot) {
    /** Checks that it is no open door. */
    public ServerOptions {
        if (base.isBlank()) {
            throw new IllegalArgumentException("the base model has no name for clients; give it one");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("the port is " + port + ", expected 0 to 65535");
        }
        if (keys.isEmpty() && !isLoopback(host)) {
            throw new IllegalArgumentException("without API keys the server listens on this machine alone, not at "
                    + host + "; give a file of keys, or the host 127.0.0.1");
        }
        if (adapterLoading && adapterRoot.isEmpty()) {
            throw new IllegalArgumentException(
                    "loading adapters by request needs a folder that they may come from; none is given");
        }
    }

    /** Without fine-tuning by request, with the page for browsers. */
    public ServerOptions(
            String base,
            String host,
            int port,
            Limits limits,
            ApiKeys keys,
            Optional<Path> adapterRoot,
            boolean adapterLoading) {
        this(base, host, port, limits, keys, adapterRoot, adapterLoading, Optional.empty(), true, false);
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("the host " + host + " is not known on this machine", e);
        }
    }

    /** On a free port of this machine, with nothing but the base. */
    public static ServerOptions local(String base) {
        return new ServerOptions(base, "127.0.0.1", 0, Limits.defaults(), ApiKeys.none(), Optional.empty(), false);
    }

    /** The same with other limits. */
    public ServerOptions withLimits(Limits other) {
        return new ServerOptions(
                base, host, port, other, keys, adapterRoot, adapterLoading, fineTuning, page, mergesHot);
    }

    /** The same with keys. */
    public ServerOptions withKeys(ApiKeys other) {
        return new ServerOptions(
                base, host, port, limits, other, adapterRoot, adapterLoading, fineTuning, page, mergesHot);
    }

    /** The same with a folder of adapters that requests may load. */
    public ServerOptions withAdapterLoading(Path root) {
        return new ServerOptions(base, host, port, limits, keys, Optional.of(root), true, fineTuning, page, mergesHot);
    }

    /** The same with fine-tuning by request. */
    public ServerOptions withFineTuning(FineTuningOptions training) {
        return new ServerOptions(
                base, host, port, limits, keys, adapterRoot, adapterLoading, Optional.of(training), page, mergesHot);
    }

    /** The same with nothing for browsers. */
    public ServerOptions withoutPage() {
        return new ServerOptions(
                base, host, port, limits, keys, adapterRoot, adapterLoading, fineTuning, false, mergesHot);
    }

    /**
     * The same, but an adapter that has all the work is merged meanwhile: faster, for the memory of the matrices that it
     * changes. Of a base in float32.
     */
    public ServerOptions mergingHot() {
        return new ServerOptions(base, host, port, limits, keys, adapterRoot, adapterLoading, fineTuning, page, true);
    }
}
