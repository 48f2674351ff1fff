package dev.lora4j.tasks;

import dev.lora4j.data.Row;
import dev.lora4j.data.Tokenizer;
import java.util.List;

/**
 * How an input and its answer stand in the text that a causal model reads.
 *
 * <p>Where one token begins and ends texts, as GPT-2's does, it stands between them and a space before the answer, as in the
 * LoRA paper's code (microsoft/LoRA c4593f0, gpt2_encode.py). Elsewhere, such as in models that chat, the two tokens mean
 * something else there, and a line break stands between them.
 *
 * @param divider what stands between input and answer
 * @param lead what the answer begins with
 */
public record PromptForm(String divider, String lead) {
    /** The form for models of a tokenizer. */
    public static PromptForm of(Tokenizer tokenizer) {
        return tokenizer.bos().isPresent() && tokenizer.bos().equals(tokenizer.eos())
                ? new PromptForm(tokenizer.tokenText(tokenizer.bos().getAsInt()), " ")
                : new PromptForm("\n", "");
    }

    /** Rows to learn from, one for each reference. */
    List<Row.PromptCompletion> rows(List<TextPrompt> prompts) {
        return prompts.stream()
                .flatMap(each -> each.references().stream().map(reference -> row(each.prompt(), reference)))
                .toList();
    }

    /** An input and its answer, which is what is learned. */
    public Row.PromptCompletion row(String prompt, String answer) {
        return new Row.PromptCompletion(prompt + divider, lead + answer);
    }
}
