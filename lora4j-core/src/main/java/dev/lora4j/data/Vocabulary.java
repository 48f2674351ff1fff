package dev.lora4j.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.InvalidFileException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The tokens of a tokenizer.json by id and by text. Immutable. */
final class Vocabulary {
    /** The highest id accepted; the largest vocabulary known has 262,144 tokens. */
    static final int MAX_ID = (1 << 24) - 1;

    /** DeepSeek does not call {@code <｜User｜>} special, though it begins a turn. */
    private static final Pattern ROLE = Pattern.compile("<[|｜].*[|｜]>");

    private final String source;
    private final Map<String, Integer> idOf = new LinkedHashMap<>();
    private final Map<String, Integer> controls = new LinkedHashMap<>();
    private final Set<Integer> specialIds = new TreeSet<>();
    private String[] texts = {};

    private Vocabulary(String source) {
        this.source = source;
    }

    static Vocabulary of(ObjectNode tokenizer, String source) {
        Vocabulary vocabulary = new Vocabulary(source);
        JsonNode pieces = tokenizer.path("model").path("vocab");
        for (Map.Entry<String, JsonNode> piece : pieces.properties()) {
            vocabulary.add(piece.getKey(), piece.getValue());
        }
        if (pieces.isArray()) { // a unigram model: pieces with their scores, the id is the place
            for (int i = 0; i < pieces.size(); i++) {
                vocabulary.add(pieces.get(i).path(0).asText(), i);
            }
        }
        for (JsonNode token : tokenizer.path("added_tokens")) {
            String content = token.path("content").asText();
            vocabulary.add(content, token.path("id"));
            vocabulary.addControl(
                    content, token.path("id").intValue(), token.path("special").asBoolean());
        }
        if (vocabulary.idOf.isEmpty()) {
            throw new InvalidFileException(source, "the tokenizer has no vocabulary");
        }
        vocabulary.fillTexts();
        return vocabulary;
    }

    private void add(String text, JsonNode id) {
        if (!id.isIntegralNumber() || !id.canConvertToInt()) {
            throw new InvalidFileException(source, "token \"" + text + "\" has id " + id + ", expected an integer");
        }
        add(text, id.intValue());
    }

    private void add(String text, int id) {
        if (id < 0 || id > MAX_ID) {
            throw new InvalidFileException(source, "token \"" + text + "\" has id " + id + ", expected 0 to " + MAX_ID);
        }
        idOf.put(text, id);
    }

    private void addControl(String text, int id, boolean special) {
        if (special) {
            specialIds.add(id);
        }
        if (special || ROLE.matcher(text).matches()) {
            controls.put(text, id);
        }
    }

    private void fillTexts() {
        texts = new String[Collections.max(idOf.values()) + 1];
        idOf.forEach((text, id) -> texts[id] = text);
    }

    /** The highest id plus 1. */
    int size() {
        return texts.length;
    }

    /** The token as the file writes it, or empty for an id that has none. */
    String text(int id) {
        String text = id >= 0 && id < texts.length ? texts[id] : null;
        return text == null ? "" : text;
    }

    OptionalInt id(String text) {
        Integer id = idOf.get(text);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** The tokens that steer a model and are no text, with their ids: the special ones, and those that look like it. */
    Map<String, Integer> controls() {
        return Collections.unmodifiableMap(controls);
    }

    /** The ids of the tokens that the file calls special. */
    Set<Integer> specialIds() {
        return Collections.unmodifiableSet(specialIds);
    }
}
