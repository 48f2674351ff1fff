package dev.lora4j.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bytes that a token stands for in the middle of a text, by the decoder that tokenizer.json names.
 *
 * <p>Known are the decoders whose text is that of the single tokens one after the other: GPT-2's letters for bytes, and
 * SentencePiece's with a character for the space, alone or with bytes written as {@code <0x0A>}. Immutable.
 *
 * @param letters whether tokens are written in GPT-2's letters
 * @param space what stands for a space; empty for none
 * @param fallback whether tokens such as {@code <0x0A>} are bytes
 * @param stripsFirst whether one space at the beginning of a text is left out
 */
record TokenBytes(boolean letters, String space, boolean fallback, boolean stripsFirst) {
    private static final byte[] NONE = {};

    /** Reads a decoder; empty if the texts of its tokens depend on their neighbours. */
    static Optional<TokenBytes> of(JsonNode decoder) {
        List<JsonNode> parts = new ArrayList<>();
        if (type(decoder).equals("Sequence")) {
            decoder.path("decoders").forEach(parts::add);
        } else {
            parts.add(decoder);
        }
        TokenBytes bytes = new TokenBytes(false, "", false, false);
        for (JsonNode part : parts) {
            Optional<TokenBytes> more = bytes.with(part);
            if (more.isEmpty()) {
                return more;
            }
            bytes = more.get();
        }
        return Optional.of(bytes).filter(known -> known.letters != !known.space.isEmpty());
    }

    private Optional<TokenBytes> with(JsonNode part) {
        return switch (type(part)) {
            case "ByteLevel" -> Optional.of(new TokenBytes(true, space, fallback, stripsFirst));
            case "ByteFallback" -> Optional.of(new TokenBytes(letters, space, true, stripsFirst));
            case "Fuse" -> Optional.of(this);
            case "Replace" ->
                Optional.of(new TokenBytes(
                                letters, part.path("pattern").path("String").asText(), fallback, stripsFirst))
                        .filter(known -> part.path("content").asText().equals(" ") && !known.space.isEmpty());
            case "Metaspace" ->
                Optional.of(new TokenBytes(
                        letters,
                        part.path("replacement").asText("▁"),
                        fallback,
                        !part.path("prepend_scheme").asText("always").equals("never")));
            case "Strip" ->
                Optional.of(new TokenBytes(
                                letters, space, fallback, part.path("start").asInt() == 1))
                        .filter(known -> part.path("content").asText().equals(" ")
                                && part.path("start").asInt() <= 1
                                && part.path("stop").asInt() == 0);
            default -> Optional.empty();
        };
    }

    private static String type(JsonNode decoder) {
        return decoder.path("type").asText();
    }

    /**
     * The bytes of a token.
     *
     * @param token as tokenizer.json writes it
     */
    byte[] bytes(String token) {
        if (token.isEmpty()) {
            return NONE;
        }
        if (letters) {
            return unlettered(token);
        }
        if (fallback && token.matches("<0x[0-9A-Fa-f]{2}>")) {
            return new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)};
        }
        return token.replace(space, " ").getBytes(StandardCharsets.UTF_8);
    }

    /** A token with a letter that is no byte stands for its own UTF-8, as in Hugging Face's ByteLevel. */
    private static byte[] unlettered(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            int value = ByteLetters.byteOf(token.charAt(i));
            if (value < 0) {
                return token.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = (byte) value;
        }
        return bytes;
    }
}
