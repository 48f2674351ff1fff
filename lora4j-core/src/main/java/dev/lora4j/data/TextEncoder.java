package dev.lora4j.data;

import dev.lora4j.formats.Lora4jException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Texts, and prompts with completions, as tokens for a causal model. */
final class TextEncoder {
    private final Tokenizer tokenizer;
    private final EncodingSettings settings;

    TextEncoder(Tokenizer tokenizer, EncodingSettings settings) {
        this.tokenizer = tokenizer;
        this.settings = settings;
    }

    EncodedRow text(Row.Text row, RowOrigin origin) {
        int[] ids = closed(encode(row.text(), true).ids());
        BitSet trained = new BitSet();
        trained.set(0, ids.length);
        return new CausalTokens(ids, trained, false).fit(settings, origin);
    }

    /** The two are tokenized apart, so that the prompt has the tokens that it has when the model is asked. */
    EncodedRow promptCompletion(Row.PromptCompletion row, RowOrigin origin) {
        int[] prompt = encode(row.prompt(), true).idsWithoutTrailingSpecials();
        int[] completion = closed(encode(row.completion(), false).ids());
        int[] ids = IntStream.concat(Arrays.stream(prompt), Arrays.stream(completion))
                .toArray();
        BitSet trained = new BitSet();
        trained.set(prompt.length, ids.length);
        return new CausalTokens(ids, trained, true).fit(settings, origin);
    }

    private EncodedText encode(String text, boolean addSpecials) {
        if (settings.plainText() && tokenizer.plain().strings().in(text)) {
            return tokenizer.plain().encode(text, addSpecials);
        }
        return addSpecials ? tokenizer.encodedWithSpecials(text) : tokenizer.encoded(text);
    }

    /** The tokens with the end of text, which some tokenizers have already put there. */
    private int[] closed(int[] ids) {
        if (!settings.endOfText()) {
            return ids;
        }
        OptionalInt eos = tokenizer.eos();
        if (eos.isEmpty()) {
            throw new Lora4jException(tokenizer.source()
                    + ": names no eos_token, so that texts could not be ended; name it in tokenizer_config.json, or"
                    + " choose not to end texts");
        }
        if (ids.length > 0 && ids[ids.length - 1] == eos.getAsInt()) {
            return ids;
        }
        int[] closed = Arrays.copyOf(ids, ids.length + 1);
        closed[ids.length] = eos.getAsInt();
        return closed;
    }
}
