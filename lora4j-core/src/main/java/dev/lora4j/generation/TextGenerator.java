package dev.lora4j.generation;

import dev.lora4j.data.ChatPrompt;
import dev.lora4j.data.Message;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.lora.Adapter;
import dev.lora4j.model.LanguageModel;
import java.util.List;
import java.util.Optional;

/**
 * Continues texts and conversations with a model, its tokenizer and, if wanted, an adapter.
 *
 * <p>A sequence ends at the tokenizer's stop tokens and at those of the settings. Immutable, and safe for any number of
 * threads; borrows all it is made of.
 */
public final class TextGenerator {
    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final Optional<Adapter> adapter;

    private TextGenerator(LanguageModel model, Tokenizer tokenizer, Optional<Adapter> adapter) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.adapter = adapter;
    }

    /** A generator with the base model alone. */
    public static TextGenerator of(LanguageModel model, Tokenizer tokenizer) {
        return new TextGenerator(model, tokenizer, Optional.empty());
    }

    /** A generator with an adapter. */
    public static TextGenerator of(LanguageModel model, Tokenizer tokenizer, Adapter adapter) {
        return new TextGenerator(model, tokenizer, Optional.of(adapter));
    }

    /** Continues a text. */
    public Generation generate(String prompt, GenerationSettings settings) {
        return generate(prompt, settings, TextListener.NONE);
    }

    /** Continues a text and tells each piece at once. */
    public Generation generate(String prompt, GenerationSettings settings, TextListener listener) {
        return generate(prompt(prompt), settings, listener);
    }

    /** Answers a conversation by the model's chat template. */
    public Generation chat(List<Message> messages, GenerationSettings settings) {
        return chat(messages, settings, TextListener.NONE);
    }

    /** Answers a conversation and tells each piece at once. */
    public Generation chat(List<Message> messages, GenerationSettings settings, TextListener listener) {
        return generate(chatPrompt(messages), settings, listener);
    }

    private Generation generate(Prompt prompt, GenerationSettings settings, TextListener listener) {
        try (GenerationBatch batch = GenerationBatch.of(model)) {
            batch.add(prompt, settings, tokenizer, listener);
            return Generator.finish(batch, 1).get(0).orThrow();
        }
    }

    /**
     * Continues several prompts together.
     *
     * @return in the order of the prompts; one that failed says so and does not hinder the others
     */
    public List<Generation> generate(List<Prompt> prompts, GenerationSettings settings) {
        try (GenerationBatch batch = GenerationBatch.of(model)) {
            prompts.forEach(prompt -> batch.add(prompt, settings, tokenizer, TextListener.NONE));
            return Generator.finish(batch, prompts.size());
        }
    }

    /**
     * The likeliest text that a {@linkplain BeamSearch search} finds to go on with; nothing is drawn.
     *
     * @param settings to whose stop tokens the tokenizer's are added
     * @throws GenerationException if there is no room for so many new tokens, or every beam ran into a run of tokens that may
     *     not occur again
     */
    public Generation search(Prompt prompt, BeamSettings settings) {
        long started = System.nanoTime();
        BeamText best =
                BeamSearch.of(model, settings.withStops(tokenizer.stopIds())).run(List.of(prompt)).get(0).stream()
                        .findFirst()
                        .orElseThrow(
                                () -> new GenerationException("every beam ran into a run of " + settings.noRepeatNgram()
                                        + " tokens that may not occur again; raise no-repeat-ngram, or set it to 0"));
        return new Generation(
                best.tokens().stream().mapToInt(Integer::intValue).toArray(),
                tokenizer.decode(best.withoutStop(), true),
                best.stopped() ? FinishReason.STOP : FinishReason.LENGTH,
                prompt.length(),
                (System.nanoTime() - started) / 1e9,
                Optional.empty());
    }

    /** A text to continue, with the tokens that the model expects around it and this generator's adapter. */
    public Prompt prompt(String text) {
        return new Prompt(tokenizer.encodeWithSpecials(text), adapter);
    }

    /** A conversation to answer, with this generator's adapter. */
    public Prompt chatPrompt(List<Message> messages) {
        return new Prompt(ChatPrompt.encode(tokenizer, messages, List.of()), adapter);
    }
}
