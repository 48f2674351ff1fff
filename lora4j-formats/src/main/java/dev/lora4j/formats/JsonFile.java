package dev.lora4j.formats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file that holds one JSON object, read with limits. */
public final class JsonFile {
    /** The largest file that is read as text or JSON; the largest tokenizer.json known has 35 MB. */
    public static final long MAX_BYTES = 256L << 20;

    private static final int MAX_DEPTH = 100;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // Python writes them: {"time_step_limit": [0.0, Infinity]}
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private JsonFile() {}

    /** Reads a file that must be there. */
    public static ObjectNode read(Path file) {
        return parse(readText(file), file);
    }

    /** Reads a file if it is there. */
    public static Optional<ObjectNode> readIfExists(Path file) {
        return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
    }

    /**
     * Reads an object out of text.
     *
     * @param source a path or a name, for messages
     */
    public static ObjectNode parse(String text, Object source) {
        try {
            JsonNode node = MAPPER.readTree(text);
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw new InvalidFileException(source, "holds JSON that is not an object");
        } catch (JsonProcessingException e) {
            throw new InvalidFileException(source, "is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Reads a text file in UTF-8 up to {@link #MAX_BYTES}. */
    public static String readText(Path file) {
        try {
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw new InvalidFileException(file, "has " + size + " bytes, the limit is " + MAX_BYTES);
            }
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new InvalidFileException(file, "is not UTF-8 text", e);
        } catch (IOException e) {
            throw FileAccessException.reading(file, e);
        }
    }
}
