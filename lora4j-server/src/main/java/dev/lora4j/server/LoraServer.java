package dev.lora4j.server;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.lora.AdapterRegistry;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One base and many adapters behind OpenAI's API, from {@link #start} until it is closed; adapters may be published before.
 *
 * <p>Safe for any number of threads. Borrows the model and the tokenizer.
 */
public final class LoraServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoraServer.class);
    /** Time for the last bytes of finished answers to be sent. */
    private static final Duration LAST_BYTES = Duration.ofSeconds(2);

    private final ServerOptions options;
    private final AdapterRegistry registry = AdapterRegistry.keeping(0);
    private final ServerMetrics metrics;
    private final AdapterLoader loader;
    private final Optional<Engine> engine;
    private final List<Route> routes;
    private final HttpServer http;

    private LoraServer(LanguageModel model, Tokenizer tokenizer, ServerOptions options) {
        this.options = options;
        Limits limits = options.limits();
        ServedModels models = new ServedModels(
                options.base(), Inference.room(model, limits), Instant.now().getEpochSecond(), registry);
        this.metrics = new ServerMetrics(registry);
        this.loader = new AdapterLoader(model, models, registry, limits);
        List<Route> all = new ArrayList<>();
        if (model.task() == ModelTask.CAUSAL_LM) {
            Engine running = new Engine(model, tokenizer, limits, metrics);
            this.engine = Optional.of(running);
            metrics.watch(running);
            Inference inference = new Inference(
                    model, tokenizer, models, running, limits, "fp_" + Inference.shortened(model.fingerprint()));
            all.addAll(Routes.inference(inference));
        } else {
            this.engine = Optional.empty();
            all.addAll(Routes.embeddings(new Embedder(model, tokenizer, limits), models, limits));
        }
        all.addAll(Routes.models(models));
        all.addAll(Routes.operations(this::isReady, metrics));
        if (options.adapterLoading()) {
            AdapterRoot root = AdapterRoot.of(options.adapterRoot().orElseThrow());
            all.addAll(Routes.adapters(loader, models, root, limits));
        }
        this.routes = List.copyOf(all);
        this.http = new HttpServer(routes, options.keys(), limits, options.host(), options.port());
    }

    /**
     * A server that listens to nobody yet.
     *
     * @param model a decoder for chats and completions, or an encoder for embeddings
     */
    public static LoraServer of(LanguageModel model, Tokenizer tokenizer, ServerOptions options) {
        return new LoraServer(model, tokenizer, options);
    }

    /**
     * Takes requests from now on.
     *
     * @throws Lora4jException if it cannot listen where it is to
     */
    public void start() {
        engine.ifPresent(Engine::start);
        try {
            http.start();
        } catch (RuntimeException e) {
            throw new Lora4jException(
                    "cannot listen at " + options.host() + ":" + options.port() + " (" + e.getMessage()
                            + "); is another program there?",
                    e);
        }
        LOG.info("serving {} at {}:{}", options.base(), options.host(), port());
    }

    /** The port that it listens at. */
    public int port() {
        return http.port();
    }

    /**
     * Serves an adapter under a name, in place of what the name stood for; requests that run keep what they have.
     *
     * @throws dev.lora4j.formats.Lora4jException if the folder's adapter does not fit; nothing changes
     */
    public void publish(String name, Path folder) {
        loader.load(name, folder);
    }

    /**
     * Serves no adapter under a name any more; requests that run keep it.
     *
     * @throws Lora4jException if there is no such name
     */
    public void unpublish(String name) {
        loader.unload(name);
    }

    private boolean isReady() {
        return engine.map(Engine::isReady).orElse(true);
    }

    /** Every route that there is. */
    List<Route> routes() {
        return routes;
    }

    /** Sequences that wait or run; 0 for an encoder. */
    int sequences() {
        return engine.map(running -> running.queued() + running.running()).orElse(0);
    }

    /** Versions of adapters in native memory. */
    long versionsInMemory() {
        return registry.versionsInMemory();
    }

    /**
     * Takes no new requests and lets those that it has finish, within the limit.
     *
     * @return whether all did
     */
    public boolean drain() throws InterruptedException {
        long end = System.nanoTime() + options.limits().drain().toNanos();
        boolean finished =
                engine.isEmpty() || engine.get().drain(options.limits().drain());
        Duration left = Duration.ofNanos(Math.max(LAST_BYTES.toNanos(), end - System.nanoTime()));
        return http.awaitQuiet(left) && finished;
    }

    /** Stops at once; requests that run are told that the server is shutting down. */
    @Override
    public void close() {
        engine.ifPresent(Engine::close);
        try {
            http.awaitQuiet(LAST_BYTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.stop();
        registry.close();
        metrics.close();
    }
}
