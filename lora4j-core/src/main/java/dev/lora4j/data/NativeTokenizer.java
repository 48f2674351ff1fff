package dev.lora4j.data;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.Lora4jException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The Hugging Face tokenizers library, with int ids and typed errors. Thread-safe until it is closed. */
final class NativeTokenizer implements AutoCloseable {
    private final HuggingFaceTokenizer handle;

    private NativeTokenizer(HuggingFaceTokenizer handle) {
        this.handle = handle;
    }

    /**
     * Loads a tokenizer; whatever the file says, it neither truncates nor pads.
     *
     * @param json the content of a tokenizer.json in UTF-8
     */
    static NativeTokenizer load(byte[] json, String source) {
        Map<String, String> options = new HashMap<>(Map.of("truncation", "false", "padding", "false"));
        try {
            return new NativeTokenizer(HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            throw new InvalidFileException(source, "the tokenizer cannot be used: " + e.getMessage(), e);
        }
    }

    EncodedText encode(String text, boolean addSpecials) {
        Encoding encoding = handle.encode(wellFormed(text), addSpecials, false);
        return new EncodedText(
                ints(encoding.getIds()),
                ints(encoding.getTypeIds()),
                ints(encoding.getSequenceIds()),
                TokenSpans.of(text, encoding.getCharTokenSpans()));
    }

    EncodedText encodePair(String first, String second) {
        Encoding encoding = handle.encode(wellFormed(first), wellFormed(second), true, false);
        return new EncodedText(
                ints(encoding.getIds()), ints(encoding.getTypeIds()), ints(encoding.getSequenceIds()), TokenSpans.NONE);
    }

    String decode(int[] ids, boolean skipSpecials) {
        return handle.decode(Arrays.stream(ids).asLongStream().toArray(), skipSpecials);
    }

    /** The library would put three other chars in the place of half a surrogate pair. */
    private static String wellFormed(String text) {
        int half = Surrogates.indexOfUnpaired(text);
        if (half >= 0) {
            throw new Lora4jException("char " + half + " of the text is half a surrogate pair, expected valid Unicode");
        }
        return text;
    }

    private static int[] ints(long[] values) {
        return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public void close() {
        handle.close();
    }
}
