package dev.lora4j.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Reads {@code config.json} with errors that name the model, the key, what was found and what was expected. */
record ConfigReader(String model, ObjectNode json) {
    private static final long LARGEST = 1L << 30;

    int size(String key) {
        JsonNode node = json.path(key);
        if (!node.canConvertToExactIntegral() || node.longValue() <= 0 || node.longValue() > LARGEST) {
            throw wrong(key, "a whole number from 1 to " + LARGEST);
        }
        return node.intValue();
    }

    int size(String key, int absent) {
        return has(key) ? size(key) : absent;
    }

    /** A size, or what holds where the configuration says nothing, 0 or less. */
    int positiveOr(String key, int otherwise) {
        JsonNode node = json.path(key);
        return node.isIntegralNumber() && node.longValue() < 1 ? otherwise : size(key, otherwise);
    }

    /** A whole number from 0, such as a token's id. */
    int index(String key, int absent) {
        JsonNode node = json.path(key);
        if (!has(key)) {
            return absent;
        }
        if (!node.canConvertToExactIntegral() || node.longValue() < 0 || node.longValue() > LARGEST) {
            throw wrong(key, "a whole number from 0 to " + LARGEST);
        }
        return node.intValue();
    }

    double number(String key, double absent) {
        JsonNode node = json.path(key);
        if (!has(key)) {
            return absent;
        }
        if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
            throw wrong(key, "a number");
        }
        return node.doubleValue();
    }

    double positive(String key, double absent) {
        double value = number(key, absent);
        if (value <= 0) {
            throw wrong(key, "a number above 0");
        }
        return value;
    }

    boolean flag(String key, boolean absent) {
        JsonNode node = json.path(key);
        if (!has(key)) {
            return absent;
        }
        if (!node.isBoolean()) {
            throw wrong(key, "true or false");
        }
        return node.booleanValue();
    }

    String text(String key, String absent) {
        JsonNode node = json.path(key);
        if (!has(key)) {
            return absent;
        }
        if (!node.isTextual()) {
            throw wrong(key, "a text");
        }
        return node.textValue();
    }

    /** An object inside, or an empty one. */
    ConfigReader object(String key) {
        JsonNode node = json.path(key);
        if (!has(key)) {
            return new ConfigReader(model, json.objectNode());
        }
        if (!(node instanceof ObjectNode object)) {
            throw wrong(key, "an object");
        }
        return new ConfigReader(model, object);
    }

    List<String> texts(String key) {
        JsonNode node = json.path(key);
        if (!has(key)) {
            return List.of();
        }
        if (!node.isArray()) {
            throw wrong(key, "a list of texts");
        }
        List<String> texts = new java.util.ArrayList<>();
        node.forEach(element -> texts.add(element.asText()));
        return List.copyOf(texts);
    }

    /** Outputs of a head for sequences; as in transformers, two where nobody says. */
    int labels() {
        int named = json.path("id2label").size();
        return size("num_labels", named > 0 ? named : 2);
    }

    boolean has(String key) {
        return json.hasNonNull(key);
    }

    UnsupportedModelException wrong(String key, String expected) {
        JsonNode found = json.path(key);
        return new UnsupportedModelException(model + ": config.json says \"" + key + "\" is "
                + (found.isMissingNode() ? "absent" : found) + "; expected " + expected);
    }
}
