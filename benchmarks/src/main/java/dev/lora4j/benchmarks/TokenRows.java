package dev.lora4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.data.RowOrigin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * Rows that both sides read, tokenized before: {@code {"tokens": […], "from": 1}} or {@code {"tokens": […], "label": 3}}.
 *
 * <p>{@code from} is the first position whose token is learned.
 */
final class TokenRows {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TokenRows() {}

    /** All rows of a file as examples. */
    static Dataset dataset(Path file) {
        List<Example> examples = new ArrayList<>();
        for (JsonNode row : read(file)) {
            int[] tokens = tokens(row);
            RowOrigin origin = new RowOrigin(file.getFileName().toString(), examples.size() + 1);
            if (row.has("label")) {
                examples.add(Example.classification(
                        tokens, new int[0], row.path("label").asInt(), origin));
            } else {
                BitSet learned = new BitSet();
                learned.set(row.path("from").asInt(), tokens.length);
                examples.add(Example.causal(tokens, learned, origin));
            }
        }
        return Dataset.of(examples);
    }

    /** The tokens of all rows. */
    static List<int[]> prompts(Path file) {
        return read(file).stream().map(TokenRows::tokens).toList();
    }

    private static int[] tokens(JsonNode row) {
        return StreamSupport.stream(row.path("tokens").spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    private static List<JsonNode> read(Path file) {
        List<JsonNode> rows = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                rows.add(JSON.readTree(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }
}
