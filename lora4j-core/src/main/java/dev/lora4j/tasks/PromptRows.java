package dev.lora4j.tasks;

import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.Example;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.RowOrigin;
import dev.lora4j.data.ShuffledOrder;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.evaluation.Question;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Inputs that a model is to answer, as texts and as its tokens. Immutable.
 *
 * @param questions the tokens of each prompt, in their order
 */
public record PromptRows(List<TextPrompt> prompts, List<Question> questions) {
    /** Copies the lists. */
    public PromptRows {
        prompts = List.copyOf(prompts);
        questions = List.copyOf(questions);
    }

    /**
     * Inputs in the {@linkplain PromptForm form} that a model of this tokenizer has learned.
     *
     * @param maxLength most tokens of an input with an answer
     * @throws dev.lora4j.data.BadRowException if one has more
     */
    public static PromptRows of(List<TextPrompt> prompts, Tokenizer tokenizer, int maxLength) {
        ExampleEncoder encoder = ExampleEncoder.causal(tokenizer, EncodingSettings.of(maxLength));
        PromptForm form = PromptForm.of(tokenizer);
        List<Question> questions = new ArrayList<>();
        for (TextPrompt prompt : prompts) {
            RowOrigin origin = new RowOrigin("inputs", questions.size() + 1L);
            Example example =
                    encoder.encode(form.row(prompt.prompt(), prompt.references().get(0)), origin);
            questions.add(Question.of(example, tokenizer));
        }
        return new PromptRows(prompts, questions);
    }

    /** How many inputs there are. */
    public int size() {
        return prompts.size();
    }

    /** Some of them, chosen by the seed, in their order; all where there are no more. */
    public PromptRows sample(int rows, long seed) {
        if (rows >= size()) {
            return this;
        }
        ShuffledOrder order = ShuffledOrder.of(size(), seed, 0);
        int[] chosen = IntStream.range(0, rows).map(order::row).sorted().toArray();
        return new PromptRows(
                IntStream.of(chosen).mapToObj(prompts::get).toList(),
                IntStream.of(chosen).mapToObj(questions::get).toList());
    }

    /** SHA-256 over the inputs and all that people wrote for them. */
    public String digest() {
        MessageDigest digest = sha256();
        for (TextPrompt prompt : prompts) {
            digest.update(bytes(prompt.prompt()));
            prompt.references().forEach(reference -> digest.update(bytes(reference)));
            digest.update((byte) 1);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static byte[] bytes(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
