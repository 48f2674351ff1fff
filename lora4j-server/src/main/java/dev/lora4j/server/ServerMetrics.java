package dev.lora4j.server;

import dev.lora4j.lora.AdapterRegistry;
import io.javalin.http.Context;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/**
 * Figures for Prometheus: how long clients wait, and for how many tokens, by model.
 *
 * <p>So many names of models get series of their own; those that come later share one. Safe for any number of threads.
 */
final class ServerMetrics implements EngineObserver, AutoCloseable {
    /** Names of models with figures of their own. */
    static final int MAX_MODELS = 100;

    static final String OTHERS = "(others)";

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofMillis(25), Duration.ofMillis(50),
        Duration.ofMillis(100), Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1),
        Duration.ofMillis(2_500), Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(30),
        Duration.ofSeconds(60)
    };

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Set<String> named = ConcurrentHashMap.newKeySet();

    ServerMetrics(AdapterRegistry adapters) {
        Gauge.builder("lora4j.adapters.in.memory", adapters, AdapterRegistry::versionsInMemory)
                .description("Versions of adapters in native memory, old ones that requests still use among them")
                .register(meters);
        Gauge.builder("lora4j.adapter.memory.bytes", adapters, AdapterRegistry::bytesInMemory)
                .description("Bytes that those take")
                .register(meters);
    }

    void watch(Engine engine) {
        Gauge.builder("lora4j.queue.length", engine, Engine::queued)
                .description("Sequences that wait")
                .register(meters);
        Gauge.builder("lora4j.running.sequences", engine, Engine::running)
                .description("Sequences that run")
                .register(meters);
        Gauge.builder("lora4j.cache.pages.in.use", engine, each -> each.cache().inUse())
                .description("Pages of 16 tokens that running sequences hold")
                .register(meters);
        Gauge.builder("lora4j.cache.pages.kept", engine, each -> each.cache().kept())
                .description("Pages that are known by their tokens, for later requests")
                .register(meters);
        FunctionCounter.builder(
                        "lora4j.cache.pages.evicted",
                        engine,
                        each -> each.cache().evicted())
                .description("Pages that were given up for others")
                .register(meters);
        FunctionCounter.builder(
                        "lora4j.merged.steps", engine, each -> each.cache().mergedSteps())
                .description("Steps of the model with one adapter merged in")
                .register(meters);
    }

    void watch(AdapterShelf shelf) {
        Gauge.builder("lora4j.adapters.known", shelf, AdapterShelf::size)
                .description("Names of adapters, in memory or not")
                .register(meters);
        figure("lora4j.adapter.hits", "Requests that found their adapter in memory", shelf, ShelfFigures::hits);
        figure("lora4j.adapter.misses", "Requests that had to read their adapter", shelf, ShelfFigures::misses);
        figure("lora4j.adapter.evictions", "Adapters that left memory for others", shelf, ShelfFigures::evictions);
        figure("lora4j.adapter.reads", "Folders of adapters that were read", shelf, ShelfFigures::reads);
        FunctionCounter.builder(
                        "lora4j.adapter.read.seconds",
                        shelf,
                        each -> each.figures().reading().toNanos() / 1e9)
                .description("Time that reading adapters took")
                .register(meters);
    }

    private void figure(String name, String description, AdapterShelf shelf, ToLongFunction<ShelfFigures> value) {
        FunctionCounter.builder(name, shelf, each -> value.applyAsLong(each.figures()))
                .description(description)
                .register(meters);
    }

    private String label(String model) {
        synchronized (named) {
            if (!named.contains(model) && named.size() < MAX_MODELS) {
                named.add(model);
            }
        }
        return named.contains(model) ? model : OTHERS;
    }

    private Timer timer(String name, String description, String model) {
        return Timer.builder(name)
                .description(description)
                .tag("model", label(model))
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
    }

    private Counter counter(String name, String description, String... tags) {
        return Counter.builder(name).description(description).tags(tags).register(meters);
    }

    @Override
    public void begins(Work work, Duration queued) {
        timer("lora4j.queue.time", "Time that a sequence waits before it runs", work.model())
                .record(queued);
        counter("lora4j.prompt.tokens", "Tokens of prompts", "model", label(work.model()))
                .increment(work.prompt().length());
    }

    @Override
    public void found(Work work, int tokens) {
        counter(
                        "lora4j.cached.prompt.tokens",
                        "Tokens of prompts that had been read for earlier requests",
                        "model",
                        label(work.model()))
                .increment(tokens);
    }

    @Override
    public void token(Work work, boolean first, Duration since) {
        if (first) {
            timer("lora4j.time.to.first.token", "From the request to its first token", work.model())
                    .record(since);
        } else {
            timer("lora4j.inter.token", "From one token to the next", work.model())
                    .record(since);
        }
    }

    @Override
    public void ends(Work work, int newTokens, String reason) {
        counter("lora4j.generated.tokens", "New tokens", "model", label(work.model()))
                .increment(newTokens);
        counter("lora4j.sequences", "Sequences that ended, and how", "model", label(work.model()), "reason", reason)
                .increment();
    }

    @Override
    public void step(Duration took, int sequences) {
        Timer.builder("lora4j.step")
                .description("A round of the engine in which something ran")
                .serviceLevelObjectives(BUCKETS)
                .register(meters)
                .record(took);
    }

    /** Tokens of the prompts that a model was given; 0 for one whose figures are among the others. */
    long promptTokens(String model) {
        return counted("lora4j.prompt.tokens", model);
    }

    /** Tokens that a model has said; 0 for one whose figures are among the others. */
    long newTokens(String model) {
        return counted("lora4j.generated.tokens", model);
    }

    private long counted(String name, String model) {
        return meters.find(name).tag("model", model).counters().stream()
                .mapToLong(counter -> Math.round(counter.count()))
                .sum();
    }

    /** All of them, in Prometheus' own words. */
    String text() {
        return meters.scrape();
    }

    void scrape(Context context) {
        context.contentType("text/plain; version=0.0.4; charset=utf-8").result(text());
    }

    @Override
    public void close() {
        meters.close();
    }
}
