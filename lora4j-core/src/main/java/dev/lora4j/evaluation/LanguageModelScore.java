package dev.lora4j.evaluation;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.lora.Adapter;
import dev.lora4j.model.LanguageModel;
import java.util.List;
import java.util.Optional;

/**
 * How well a causal model foresees the tokens to be learned of a data set.
 *
 * <p>Every token counts the same, whatever example it is in: the loss is the sum over all of them divided by their
 * number, not a mean of means.
 *
 * @param loss mean of −log p(token | the tokens before it)
 * @param accuracy share of tokens that were the model's first choice
 * @param tokens how many were foreseen
 * @param examples how many examples they are from
 */
public record LanguageModelScore(double loss, double accuracy, long tokens, long examples) {
    /** How many tokens go through the model at a time, if nothing else is said. */
    public static final int TOKENS_PER_BATCH = 4096;

    /** e to the loss: among how many tokens the model chooses, so to say. */
    public double perplexity() {
        return Math.exp(loss);
    }

    /** Measures a model with an adapter, or alone. */
    public static LanguageModelScore of(LanguageModel model, Optional<Adapter> adapter, Dataset data) {
        return of(model, adapter, data, TOKENS_PER_BATCH);
    }

    /**
     * Measures a model with an adapter, or alone.
     *
     * @param tokensPerBatch how many tokens go through the model at a time; changes nothing but memory and speed
     */
    public static LanguageModelScore of(
            LanguageModel model, Optional<Adapter> adapter, Dataset data, int tokensPerBatch) {
        double loss = 0;
        long right = 0;
        long tokens = 0;
        for (List<Example> batch : ExampleBatches.of(model, adapter, data.examples(), tokensPerBatch)) {
            CausalLosses losses = CausalLosses.of(model, adapter, batch);
            loss += losses.sum();
            right += losses.right();
            tokens += losses.tokens();
        }
        if (tokens == 0) {
            throw new Lora4jException(
                    "the data has no tokens to be learned, so it has no loss; expected causal examples");
        }
        return new LanguageModelScore(loss / tokens, (double) right / tokens, tokens, data.size());
    }
}
