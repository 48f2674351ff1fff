package dev.lora4j.server.finetuning;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.training.TrainingConfig;

/**
 * How a job trains, settled when it begins and kept, so that it goes on in the same way whatever the server's options are
 * then.
 *
 * @param batchTokens that go through the model at once
 */
record Plan(int epochs, int batchSize, double learningRateMultiplier, int batchTokens, int rank) {
    private static final double LEARNING_RATE = 2e-4;
    private static final int RANK = 16;

    static Plan of(Hyperparameters resolved, int batchTokens) {
        return new Plan(
                resolved.epochs().orElseThrow(),
                resolved.batchSize().orElseThrow(),
                resolved.learningRateMultiplier().orElseThrow(),
                batchTokens,
                RANK);
    }

    String json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("epochs", epochs)
                .put("batch_size", batchSize)
                .put("learning_rate_multiplier", learningRateMultiplier)
                .put("batch_tokens", batchTokens)
                .put("rank", rank)
                .toString();
    }

    static Plan of(String json) {
        JsonNode node = JsonFile.parse(json, "plan");
        return new Plan(
                node.path("epochs").intValue(),
                node.path("batch_size").intValue(),
                node.path("learning_rate_multiplier").doubleValue(),
                node.path("batch_tokens").intValue(),
                node.path("rank").intValue());
    }

    /** α is twice the rank. */
    LoraConfig lora() {
        return LoraConfig.rank(rank).alpha(2.0 * rank);
    }

    /** For so many rows. */
    TrainingConfig training(int rows, long seed) {
        int stepsPerEpoch = 1 + (rows - 1) / batchSize;
        return TrainingConfig.builder()
                .epochs(epochs)
                .batchSize(batchSize)
                .learningRate(LEARNING_RATE * learningRateMultiplier)
                .microBatchTokens(batchTokens)
                .seed(seed)
                .saveSteps(stepsPerEpoch <= FineTuningOptions.CHECKPOINT_STEPS ? 0 : FineTuningOptions.CHECKPOINT_STEPS)
                .keepCheckpoints(FineTuningOptions.CHECKPOINTS)
                .build();
    }
}
