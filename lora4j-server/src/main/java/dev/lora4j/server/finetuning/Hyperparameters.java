package dev.lora4j.server.finetuning;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.JsonFile;
import java.util.Optional;

/**
 * What a client may say of how to train; what is empty is {@code auto}.
 *
 * @param epochs passes over the rows, 1 to 50; by default 3
 * @param batchSize rows of an optimizer step, 1 to 256; by default an eighth of the rows, at most 8
 * @param learningRateMultiplier of the usual learning rate 2e-4; by default 1
 */
public record Hyperparameters(
        Optional<Integer> epochs, Optional<Integer> batchSize, Optional<Double> learningRateMultiplier) {
    /** Most passes over the rows, as in OpenAI's API. */
    public static final int MAX_EPOCHS = 50;
    /** Most rows of an optimizer step, as in OpenAI's API. */
    public static final int MAX_BATCH = 256;
    /** Above this no learning rate makes sense. */
    public static final double MAX_MULTIPLIER = 1000;

    private static final int AUTO_EPOCHS = 3;
    private static final int AUTO_BATCH = 8;

    /** Everything by itself. */
    public static Hyperparameters auto() {
        return new Hyperparameters(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** With numbers for all, for so many rows. */
    Hyperparameters resolved(int rows) {
        return new Hyperparameters(
                Optional.of(epochs.orElse(AUTO_EPOCHS)),
                Optional.of(batchSize.orElse(Math.max(1, Math.min(AUTO_BATCH, rows / AUTO_BATCH)))),
                Optional.of(learningRateMultiplier.orElse(1.0)));
    }

    String json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        epochs.ifPresent(value -> json.put("n_epochs", value));
        batchSize.ifPresent(value -> json.put("batch_size", value));
        learningRateMultiplier.ifPresent(value -> json.put("learning_rate_multiplier", value));
        return json.toString();
    }

    static Hyperparameters of(String json) {
        JsonNode node = JsonFile.parse(json, "hyperparameters");
        return new Hyperparameters(
                Optional.of(node.path("n_epochs")).filter(JsonNode::isNumber).map(JsonNode::intValue),
                Optional.of(node.path("batch_size")).filter(JsonNode::isNumber).map(JsonNode::intValue),
                Optional.of(node.path("learning_rate_multiplier"))
                        .filter(JsonNode::isNumber)
                        .map(JsonNode::doubleValue));
    }
}
