package dev.lora4j.formats.gguf;

import dev.lora4j.formats.InvalidFileException;
import java.util.Collections;
import java.util.List;

/** The tokens of a GGUF file with their kinds, as its metadata has them. */
final class GgufVocabulary {
    private static final String TOKENS = "tokenizer.ggml.tokens";
    private static final String KINDS = "tokenizer.ggml.token_type";
    private static final long UNKNOWN = 2;
    private static final long CONTROL = 3;
    private static final long USER_DEFINED = 4;
    private static final long UNUSED = 5;
    private static final long BYTE = 6;

    private final GgufFile file;
    private final List<String> tokens;
    private final List<Long> kinds;

    GgufVocabulary(GgufFile file) {
        GgufMetadata metadata = file.metadata();
        this.file = file;
        this.tokens = metadata.texts(TOKENS).orElseThrow(() -> invalid("metadata \"" + TOKENS + "\" is missing"));
        this.kinds = metadata.wholes(KINDS).orElse(Collections.nCopies(tokens.size(), 1L));
        long rows = file.tensor("token_embd.weight").shape().get(0);
        if (tokens.size() > rows) {
            throw invalid("has " + tokens.size() + " tokens, but only " + rows + " embeddings");
        }
        if (kinds.size() != tokens.size()) {
            throw invalid("has " + tokens.size() + " tokens, but " + kinds.size() + " token types");
        }
    }

    GgufFile file() {
        return file;
    }

    List<String> tokens() {
        return tokens;
    }

    /** A token that is never cut and that stands for something else than text, such as the end of a turn. */
    boolean isSpecial(int id) {
        return kinds.get(id) == CONTROL || kinds.get(id) == UNKNOWN;
    }

    /** A piece of text that is never cut. */
    boolean isUserDefined(int id) {
        return kinds.get(id) == USER_DEFINED;
    }

    /** Whether bytes that no other token covers have tokens of their own. */
    boolean hasByteTokens() {
        return kinds.contains(BYTE);
    }

    /** A row of the embedding that no token has; llama.cpp's converter names those by their number. */
    boolean isPadding(int id) {
        return kinds.get(id) == UNUSED && tokens.get(id).equals("[PAD" + id + "]");
    }

    InvalidFileException invalid(String problem) {
        return new InvalidFileException(file.path(), problem);
    }
}
