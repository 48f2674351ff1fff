package dev.lora4j.generation;

import dev.lora4j.formats.Lora4jException;

/** A prompt cannot be continued: it does not fit the model, or the model gives no numbers. */
public final class GenerationException extends Lora4jException {
    private static final long serialVersionUID = 1L;

    /** Says what was found and what to do. */
    public GenerationException(String message) {
        super(message);
    }

    static GenerationException tooLong(Prompt prompt, int maxNewTokens, int maxPositions) {
        int length = prompt.length();
        String remedy = length < maxPositions
                ? "lower max-new-tokens to " + (maxPositions - length) + " or shorten the prompt"
                : "shorten the prompt";
        return new GenerationException("the prompt has " + length + " tokens and max-new-tokens is " + maxNewTokens
                + ", together " + ((long) length + maxNewTokens) + "; the model takes " + maxPositions + ": " + remedy);
    }

    static GenerationException notNumbers(int sequence, int position) {
        return new GenerationException("sequence " + sequence + ": the logits at position " + position
                + " are NaN or infinite; are the weights damaged, or did the adapter's training diverge?");
    }

    static GenerationException noToken(int sequence, int position) {
        return new GenerationException("sequence " + sequence + ": no token of the vocabulary at position " + position
                + " keeps to the grammar, or the model gives all of them no probability at all");
    }
}
