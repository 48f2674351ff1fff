package dev.lora4j.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Vocabularies as byte-level tokenizers have them: all bytes, and pieces of JSON and of texts. */
final class Vocabularies {
    private Vocabularies() {}

    /** All 256 bytes first, then pieces. */
    static List<byte[]> pieces(long seed, String... more) {
        List<byte[]> tokens = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            tokens.add(new byte[] {(byte) b});
        }
        List<String> texts = new ArrayList<>(List.of(
                "{\"", "\":", "\": ", "\",", "\", \"", "\"}", "}}", "]}", "},", "\":\"", "true", "false", "null", " {",
                "\n", "\n  ", "  ", "12", "123", "0.", "-1", "e+", "1e", "[]", "{}", "[[", "]]", "[{\"", "\\u", "\\n",
                "\\\"", "name", "age", "\"a\"", "ü", "日本", "😀", "the", " the", "a", "ab", "abc", "\"]", "\"\"",
                "\":{\"", ",\""));
        texts.addAll(List.of(more));
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = 0; j <= random.nextInt(4); j++) {
                text.append("abcdefgh{}[]\",:0123456789 -.tn\\u".charAt(random.nextInt(32)));
            }
            texts.add(text.toString());
        }
        texts.forEach(text -> tokens.add(text.getBytes(StandardCharsets.UTF_8)));
        byte[] emoji = "😀".getBytes(StandardCharsets.UTF_8);
        tokens.add(new byte[] {emoji[0], emoji[1]}); // half a character
        tokens.add(new byte[] {emoji[2], emoji[3], '"'});
        return tokens;
    }

    static TokenMasks masks(List<byte[]> tokens) {
        return TokenMasks.of(tokens.size(), tokens::get, token -> false, false);
    }
}
