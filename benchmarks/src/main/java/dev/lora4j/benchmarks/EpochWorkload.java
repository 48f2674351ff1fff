package dev.lora4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.evaluation.LanguageModelScore;
import dev.lora4j.evaluation.SequencePredictions;
import dev.lora4j.lora.Adapter;
import dev.lora4j.model.ModelTask;
import dev.lora4j.training.Trainer;
import dev.lora4j.training.TrainingConfig;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Path;
import java.util.Optional;

/** A whole training of one epoch in each round, from the same adapter; the loss is that of rows held out. */
final class EpochWorkload implements Workload {
    private final Base base;
    private final Dataset rows;
    private final Dataset held;
    private final TrainingConfig config;

    EpochWorkload(JsonNode request) {
        base = Base.load(request);
        rows = TokenRows.dataset(Path.of(request.path("rows").path(0).asText()));
        held = TokenRows.dataset(Path.of(request.path("held").asText()));
        config = TrainingConfig.builder()
                .batchSize(request.path("batch").asInt())
                .learningRate(request.path("learning_rate").asDouble())
                .shuffle(false) // the file's order is random already, and the same for both sides
                .build();
    }

    @Override
    public ObjectNode prepare() {
        ObjectNode answer = Workload.answer();
        answer.putArray("losses").add(loss(base.adapters().get(0)));
        return answer;
    }

    @Override
    public ObjectNode round(JsonNode request) {
        try (Adapter adapter = base.adapters().get(0).copy()) {
            long begin = System.nanoTime();
            Trainer.of(base.model(), TrainingTask.of("adapter", adapter, rows, config))
                    .train();
            double seconds = (System.nanoTime() - begin) / 1e9;
            long tokens = rows.examples().stream().mapToLong(Example::length).sum();
            ObjectNode answer = Workload.answer().put("seconds", seconds).put("tokens", tokens);
            answer.putArray("losses").add(loss(adapter));
            return answer;
        }
    }

    private double loss(Adapter adapter) {
        if (base.model().task() == ModelTask.CAUSAL_LM) {
            return LanguageModelScore.of(base.model(), Optional.of(adapter), held)
                    .loss();
        }
        SequencePredictions predictions = SequencePredictions.of(
                base.model(), Optional.of(adapter), held.examples(), LanguageModelScore.TOKENS_PER_BATCH);
        double sum = 0;
        for (int i = 0; i < held.size(); i++) {
            sum -= Math.log(predictions.probabilities(i)[held.get(i).label().orElseThrow()]);
        }
        return sum / held.size();
    }

    @Override
    public void close() {
        base.close();
    }
}
