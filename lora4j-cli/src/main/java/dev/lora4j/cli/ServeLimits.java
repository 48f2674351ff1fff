package dev.lora4j.cli;

import dev.lora4j.server.Limits;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The limits of a server that a user may set; docs/serving.md has them all. */
final class ServeLimits {
    @Option(
            names = "--max-running",
            paramLabel = "N",
            defaultValue = "16",
            description = "Sequences that advance together (default: ${DEFAULT-VALUE}).")
    private int running;

    @Option(
            names = "--max-queued",
            paramLabel = "N",
            defaultValue = "256",
            description = "Sequences that wait before requests get 429 (default: ${DEFAULT-VALUE}).")
    private int queued;

    @Option(
            names = "--max-context",
            paramLabel = "TOKENS",
            defaultValue = "8192",
            description = "Prompt and new tokens of a sequence; the model's own limit holds too (default:"
                    + " ${DEFAULT-VALUE}).")
    private int context;

    @Option(
            names = "--cache-tokens",
            paramLabel = "TOKENS",
            defaultValue = "16384",
            description = "The same of all running sequences, which decides the memory of their caches and of what is"
                    + " kept of earlier ones (default: ${DEFAULT-VALUE}).")
    private int cache;

    @Option(
            names = "--no-prefix-cache",
            description = "Keep nothing of what was read for later requests that begin alike.")
    private boolean withoutPrefixes;

    @Option(
            names = "--adapter-memory",
            paramLabel = "SIZE",
            defaultValue = "4GB",
            converter = ByteSize.class,
            description = "Memory for adapters; those that nobody uses leave it and are read again when they are asked"
                    + " for (default: ${DEFAULT-VALUE}).")
    private long adapterMemory;

    @Option(
            names = "--drain-seconds",
            paramLabel = "S",
            defaultValue = "30",
            description = "Time to finish what runs when it is told to stop (default: ${DEFAULT-VALUE}).")
    private int drain;

    Limits limits() {
        Limits limits = Limits.defaults()
                .withEngine(running, queued, context, cache)
                .withDrain(Duration.ofSeconds(drain))
                .withAdapterMemory(adapterMemory);
        return withoutPrefixes ? limits.withoutPrefixes() : limits;
    }
}
