package dev.lora4j.data;

import dev.lora4j.formats.Lora4jException;

/**
 * How rows become tokens.
 *
 * @param maxLength the most tokens of a row
 * @param longRows what to do with a row of more
 * @param endOfText whether the token that ends a text follows texts and completions
 * @param plainText whether special tokens written in texts, prompts and completions stay plain text, as they always do in
 *     messages; if not, they are recognised as transformers does it
 */
public record EncodingSettings(int maxLength, LongRows longRows, boolean endOfText, boolean plainText) {
    /** Checks the length. */
    public EncodingSettings {
        if (maxLength < 2) {
            throw new Lora4jException("max-length is " + maxLength + ", expected 2 or more");
        }
    }

    /** Stops at a row that is too long, ends texts, and recognises special tokens in them. */
    public static EncodingSettings of(int maxLength) {
        return new EncodingSettings(maxLength, LongRows.FAIL, true, false);
    }

    /** The same with another treatment of long rows. */
    public EncodingSettings withLongRows(LongRows treatment) {
        return new EncodingSettings(maxLength, treatment, endOfText, plainText);
    }

    /** The same with or without the end of text. */
    public EncodingSettings withEndOfText(boolean end) {
        return new EncodingSettings(maxLength, longRows, end, plainText);
    }

    /** The same with special tokens in texts plain or not. */
    public EncodingSettings withPlainText(boolean plain) {
        return new EncodingSettings(maxLength, longRows, endOfText, plain);
    }
}
