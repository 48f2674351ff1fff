package dev.lora4j.server;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.lora.AdapterRegistry;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.server.finetuning.FineTuning;
import dev.lora4j.server.finetuning.FineTuningOptions;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
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
    private final AdapterRegistry registry = AdapterRegistry.create();
    private final ServerMetrics metrics;
    private final AdapterLoader loader;
    private final Optional<Engine> engine;
    private final Optional<FineTuning> fineTuning;
    private final List<Route> routes;
    private final HttpServer http;
    private final List<AdapterWatch> watches = new CopyOnWriteArrayList<>();

    private LoraServer(
            LanguageModel model,
            Tokenizer tokenizer,
            ServerOptions options,
            AdapterSource source,
            OpenTelemetry telemetry) {
        this.options = options;
        Limits limits = options.limits();
        AdapterShelf shelf = new AdapterShelf(registry, source, limits.adapterMemory());
        ServedModels models = new ServedModels(
                options.base(), Inference.room(model, limits), Instant.now().getEpochSecond(), shelf);
        this.metrics = new ServerMetrics(registry);
        RequestSpans spans = new RequestSpans(telemetry);
        metrics.watch(shelf);
        this.loader = new AdapterLoader(models, shelf, limits);
        List<Route> all = new ArrayList<>();
        Optional<Inference> inference = Optional.empty();
        if (model.task() == ModelTask.CAUSAL_LM) {
            EngineObserver observers = EngineObserver.all(metrics, spans);
            Engine running = new Engine(model, tokenizer, limits, observers, options.mergesHot());
            this.engine = Optional.of(running);
            metrics.watch(running);
            inference = Optional.of(new Inference(
                    model, tokenizer, models, running, limits, "fp_" + Inference.shortened(model.fingerprint())));
            all.addAll(Routes.inference(inference.get()));
        } else {
            if (options.mergesHot()) {
                throw new IllegalArgumentException(
                        "merging while it serves is for models that generate text, and this base is an encoder");
            }
            this.engine = Optional.empty();
            all.addAll(Routes.embeddings(new Embedder(model, tokenizer, limits), models, limits));
        }
        all.addAll(Routes.models(models));
        all.addAll(Routes.operations(this::isReady, metrics));
        if (options.adapterLoading()) {
            AdapterRoot root = AdapterRoot.of(options.adapterRoot().orElseThrow());
            all.addAll(Routes.adapters(loader, models, root, limits));
        }
        this.fineTuning = options.fineTuning().map(training -> fineTuning(model, tokenizer, models, training));
        fineTuning.ifPresent(training -> all.addAll(Routes.fineTuning(training, models, limits)));
        if (options.page()) {
            PageModels shown = new PageModels(
                    models,
                    registry,
                    metrics,
                    inference,
                    fineTuning.map(training -> new PageModels.Training(training, this::isReady)),
                    new ConcurrentHashMap<>());
            all.addAll(Routes.page(new PageEntrance(options.keys(), shown)));
        }
        this.routes = List.copyOf(all);
        this.http = new HttpServer(routes, options, spans);
    }

    private FineTuning fineTuning(
            LanguageModel model, Tokenizer tokenizer, ServedModels models, FineTuningOptions training) {
        Engine running = engine.orElseThrow(() -> new IllegalArgumentException(
                "fine-tuning by request is for models that generate text, and this base is an encoder"));
        return FineTuning.open(model, tokenizer, training, new FineTuningServing(loader, models, running));
    }

    /**
     * A server that listens to nobody yet.
     *
     * @param model a decoder for chats and completions, or an encoder for embeddings
     */
    public static LoraServer of(LanguageModel model, Tokenizer tokenizer, ServerOptions options) {
        return of(model, tokenizer, options, OpenTelemetry.noop());
    }

    /**
     * The same, with a span of each request of the API and of what its sequences go through.
     *
     * @param telemetry where spans go; borrowed until the server is closed
     */
    public static LoraServer of(
            LanguageModel model, Tokenizer tokenizer, ServerOptions options, OpenTelemetry telemetry) {
        return of(model, tokenizer, options, AdapterSource.folders(model), telemetry);
    }

    /** The same with adapters from elsewhere. */
    static LoraServer of(
            LanguageModel model,
            Tokenizer tokenizer,
            ServerOptions options,
            AdapterSource source,
            OpenTelemetry telemetry) {
        return new LoraServer(model, tokenizer, options, source, telemetry);
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
        fineTuning.ifPresent(FineTuning::start);
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

    /**
     * Serves every adapter of a folder under its own folder's name, now and as they come, change and go, until this server is
     * closed; what does not fit is told to the log and left out, or stays what it was.
     *
     * @throws dev.lora4j.formats.FileAccessException if the folder is not there
     */
    public void watch(Path root) {
        AdapterWatch watch = new AdapterWatch(AdapterRoot.of(root), loader);
        watch.look();
        watch.start(AdapterWatch.INTERVAL);
        watches.add(watch);
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

    /** Fine-tuning, if it is switched on. */
    Optional<FineTuning> fineTuning() {
        return fineTuning;
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
        fineTuning.ifPresent(FineTuning::stop);
        long end = System.nanoTime() + options.limits().drain().toNanos();
        boolean finished =
                engine.isEmpty() || engine.get().drain(options.limits().drain());
        Duration left = Duration.ofNanos(Math.max(LAST_BYTES.toNanos(), end - System.nanoTime()));
        return http.awaitQuiet(left) && finished;
    }

    /** Stops at once; requests that run are told that the server is shutting down. */
    @Override
    public void close() {
        fineTuning.ifPresent(FineTuning::stop);
        watches.forEach(AdapterWatch::close);
        engine.ifPresent(Engine::close);
        try {
            http.awaitQuiet(LAST_BYTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.stop();
        fineTuning.ifPresent(FineTuning::close);
        registry.close();
        metrics.close();
    }
}
