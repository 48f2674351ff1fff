package dev.lora4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.data.Dataset;
import dev.lora4j.generation.Generation;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Generator;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.training.Trainer;
import dev.lora4j.training.TrainingConfig;
import dev.lora4j.training.TrainingTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A step and a generation with one adapter while {@code residents} of them are in memory, and what they take there. */
final class ResidentsWorkload implements Workload {
    private static final int WARM_UP = 2;
    private static final int NEW_TOKENS = 64;

    private final Base base;
    private final Dataset rows;
    private final int steps;
    private final int residents;
    private final List<Adapter> adapters = new ArrayList<>();

    ResidentsWorkload(JsonNode request) {
        base = Base.load(request);
        rows = TokenRows.dataset(Path.of(request.path("rows").path(0).asText()));
        steps = request.path("steps").asInt();
        residents = request.path("residents").asInt();
    }

    @Override
    public ObjectNode prepare() {
        // the first one brings what is there once, such as classes and the memory allocator's own
        adapters.add(Adapter.create(base.model(), LoraConfig.rank(8), 0));
        long before = residentBytes();
        while (adapters.size() < residents) {
            adapters.add(Adapter.create(base.model(), LoraConfig.rank(8), adapters.size()));
        }
        long bytes = (residents - 1) * adapters.get(0).parameters() * Float.BYTES;
        ObjectNode answer =
                Workload.answer().put("growth", residentBytes() - before).put("own_bytes", bytes);
        train(WARM_UP);
        generate();
        return answer;
    }

    private static long residentBytes() {
        try {
            return ResidentMemory.now();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public ObjectNode round(JsonNode request) {
        long begin = System.nanoTime();
        train(steps);
        long middle = System.nanoTime();
        int generated = generate().tokens().length;
        long end = System.nanoTime();
        long tokens = (long) steps
                * rows.examples().stream().mapToLong(row -> row.length()).sum();
        return Workload.answer()
                .put("step", tokens * 1e9 / (middle - begin))
                .put("generation", generated * 1e9 / (end - middle));
    }

    private void train(int count) {
        TrainingConfig config =
                TrainingConfig.builder().maxSteps(count).batchSize(rows.size()).build();
        Trainer.of(base.model(), TrainingTask.of("adapter", last(), rows, config))
                .train();
    }

    private Generation generate() {
        int[] prompt = rows.get(0).tokens();
        return Generator.of(base.model(), last()).generate(prompt, GenerationSettings.greedy(NEW_TOKENS));
    }

    private Adapter last() {
        return adapters.get(adapters.size() - 1);
    }

    @Override
    public void close() {
        adapters.forEach(Adapter::close);
        base.close();
    }
}
