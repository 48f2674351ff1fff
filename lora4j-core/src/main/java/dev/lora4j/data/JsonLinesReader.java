package dev.lora4j.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads one JSON object from each line. */
final class JsonLinesReader implements RowReader {
    /** How deep objects and lists may stand in each other; a tool's schema is the deepest thing known. */
    static final int MAX_DEPTH = 100;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** How the parser writes where something began that does not end. */
    private static final Pattern OTHER_PLACE = Pattern.compile("\\[Source: [^;]*; line: 1, column: ([0-9]+)]");

    private final DataLines lines;

    JsonLinesReader(DataLines lines) {
        this.lines = lines;
    }

    @Override
    public Optional<Unread> next() {
        return lines.next().map(line -> new Unread(line.origin(), () -> parse(line.text(), line.origin())));
    }

    private static ObjectNode parse(String text, RowOrigin origin) {
        try {
            JsonNode node = MAPPER.readTree(text);
            if (node instanceof ObjectNode row) {
                return row;
            }
            throw new BadRowException(
                    origin,
                    "found " + JsonValues.words(node)
                            + ", expected one JSON object on each line, such as {\"text\": \"...\"}");
        } catch (JsonProcessingException e) {
            throw new BadRowException(
                    origin, "is not valid JSON" + problem(e) + "; expected one whole JSON object on each line", e);
        }
    }

    private static String problem(JsonProcessingException e) {
        // the parser has no place where one of its limits is passed
        String place =
                e.getLocation() == null ? "" : " at column " + e.getLocation().getColumnNr();
        return place + ": " + OTHER_PLACE.matcher(e.getOriginalMessage()).replaceAll("column $1");
    }

    @Override
    public void close() {
        lines.close();
    }
}
