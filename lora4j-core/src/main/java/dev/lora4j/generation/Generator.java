package dev.lora4j.generation;

import dev.lora4j.lora.Adapter;
import dev.lora4j.model.LanguageModel;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Continues token ids with a model and, if wanted, adapters; {@link TextGenerator} does it with text.
 *
 * <p>Immutable, and safe for any number of threads; borrows the model and the adapters.
 */
public final class Generator {
    private final LanguageModel model;
    private final Optional<Adapter> adapter;

    private Generator(LanguageModel model, Optional<Adapter> adapter) {
        this.model = model;
        this.adapter = adapter;
    }

    /** A generator with the base model alone. */
    public static Generator of(LanguageModel model) {
        return new Generator(model, Optional.empty());
    }

    /** A generator with an adapter. */
    public static Generator of(LanguageModel model, Adapter adapter) {
        return new Generator(model, Optional.of(adapter));
    }

    /** Continues one prompt. */
    public Generation generate(int[] prompt, GenerationSettings settings) {
        return generate(prompt, settings, TokenListener.NONE);
    }

    /**
     * Continues one prompt and tells each token at once.
     *
     * @throws GenerationException if the prompt does not fit the model, or the model gives no numbers
     */
    public Generation generate(int[] prompt, GenerationSettings settings, TokenListener listener) {
        try (GenerationBatch batch = GenerationBatch.of(model)) {
            batch.add(new Prompt(prompt, adapter), settings, listener);
            return finish(batch, 1).get(0).orThrow();
        }
    }

    /**
     * Continues several prompts together, each with its own adapter or none, whatever the generator's is.
     *
     * @return in the order of the prompts; one that failed says so and does not hinder the others
     * @throws GenerationException if a prompt does not fit the model, before anything runs
     */
    public List<Generation> generate(List<Prompt> prompts, GenerationSettings settings) {
        try (GenerationBatch batch = GenerationBatch.of(model)) {
            prompts.forEach(prompt -> batch.add(prompt, settings, TokenListener.NONE));
            return finish(batch, prompts.size());
        }
    }

    /** Runs a batch that has had this many sequences to its end. */
    static List<Generation> finish(GenerationBatch batch, int count) {
        Generation[] results = new Generation[count];
        while (!batch.isEmpty()) {
            batch.step().forEach(ended -> results[ended.number()] = ended.generation());
        }
        return Arrays.asList(results);
    }
}
