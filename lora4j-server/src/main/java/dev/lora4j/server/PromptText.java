package dev.lora4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.data.Tokenizer;
import java.util.Arrays;

/** A text of a request, as a string or as token ids. */
sealed interface PromptText {
    /** What it is called in messages. */
    String path();

    /** Its tokens, with those that the model expects around a text. */
    int[] tokens(Tokenizer tokenizer);

    record Text(String path, String text) implements PromptText {
        @Override
        public int[] tokens(Tokenizer tokenizer) {
            return tokenizer.encodeWithSpecials(text);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    record Tokens(String path, int[] ids) implements PromptText {
        @Override
        public int[] tokens(Tokenizer tokenizer) {
            return ids;
        }
    }

    static PromptText of(String path, JsonNode value) {
        if (value.isTextual()) {
            return new Text(path, Fields.text(path, value));
        }
        if (!value.isArray()) {
            throw Fields.wrongType(path, value, "a string or an array of token ids");
        }
        int[] ids = new int[value.size()];
        Arrays.setAll(ids, i -> (int) Fields.integer(path + "[" + i + "]", value.get(i), 0, Integer.MAX_VALUE));
        return new Tokens(path, ids);
    }
}
