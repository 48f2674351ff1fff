package dev.lora4j.formats.gguf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The merges that a GGUF file lists, each checked against the vocabulary. */
final class StoredMerges {
    private static final String KEY = "tokenizer.ggml.merges";

    private StoredMerges() {}

    /** All merges in order, or empty where the file has none. */
    static Optional<List<Merge>> of(GgufVocabulary vocabulary, Map<String, Integer> ids) {
        return vocabulary.file().metadata().texts(KEY).map(lines -> {
            List<Merge> merges = new ArrayList<>(lines.size());
            for (String line : lines) {
                merges.add(parse(line, vocabulary, ids));
            }
            return merges;
        });
    }

    private static Merge parse(String line, GgufVocabulary vocabulary, Map<String, Integer> ids) {
        int space = line.indexOf(' ', 1);
        if (space < 0 || space == line.length() - 1) {
            throw vocabulary.invalid("merge " + GgufCursor.quoted(line) + " is not two tokens with a space between");
        }
        Merge merge = new Merge(line.substring(0, space), line.substring(space + 1));
        for (String token : List.of(merge.left(), merge.right(), merge.joined())) {
            if (!ids.containsKey(token)) {
                throw vocabulary.invalid("merge " + GgufCursor.quoted(line) + " needs the token "
                        + GgufCursor.quoted(token) + ", which the vocabulary does not have");
            }
        }
        return merge;
    }
}
