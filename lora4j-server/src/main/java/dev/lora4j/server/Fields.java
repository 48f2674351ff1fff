package dev.lora4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The fields of a JSON object of a request, each asked for once and checked as it is read.
 *
 * <p>null is as good as absent, as in OpenAI's API. {@link #end} refuses what nobody asked for: a field that is not
 * known here might change the answer. Every message names the field by its path. Confined to one thread.
 */
final class Fields {
    private static final int SHOWN = 60;

    private final ObjectNode object;
    private final String path;
    private final Set<String> asked = new HashSet<>();

    private Fields(ObjectNode object, String path) {
        this.object = object;
        this.path = path;
    }

    static Fields of(ObjectNode body) {
        return new Fields(body, "");
    }

    /** What a value is called in messages. */
    String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** The value as it is, if there is one. */
    Optional<JsonNode> value(String name) {
        asked.add(name);
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    Optional<String> text(String name) {
        return value(name).map(value -> text(path(name), value));
    }

    /** A string of whole characters. */
    static String text(String path, JsonNode value) {
        if (!value.isTextual()) {
            throw wrongType(path, value, "a string");
        }
        String text = value.textValue();
        if (text.codePoints().anyMatch(each -> each >= Character.MIN_SURROGATE && each <= Character.MAX_SURROGATE)) {
            throw ApiError.invalid(path, path + " holds half of a surrogate pair, expected valid Unicode");
        }
        return text;
    }

    String requiredText(String name) {
        return text(name).orElseThrow(() -> missing(name));
    }

    ApiError missing(String name) {
        return ApiError.invalid(path(name), "the field " + path(name) + " is missing");
    }

    boolean flag(String name) {
        return value(name).map(value -> flag(path(name), value)).orElse(false);
    }

    private static boolean flag(String path, JsonNode value) {
        if (!value.isBoolean()) {
            throw wrongType(path, value, "true or false");
        }
        return value.booleanValue();
    }

    OptionalInt integer(String name, int least, int most) {
        OptionalLong value = longInteger(name, least, most);
        return value.isPresent() ? OptionalInt.of((int) value.getAsLong()) : OptionalInt.empty();
    }

    OptionalLong longInteger(String name, long least, long most) {
        return value(name)
                .map(value -> OptionalLong.of(integer(path(name), value, least, most)))
                .orElse(OptionalLong.empty());
    }

    static long integer(String path, JsonNode value, long least, long most) {
        if (!value.isIntegralNumber()) {
            throw wrongType(path, value, "an integer");
        }
        if (!value.canConvertToLong() || value.longValue() < least || value.longValue() > most) {
            throw ApiError.invalid(path, path + " is " + shown(value) + ", expected " + least + " to " + most);
        }
        return value.longValue();
    }

    /** A number from the least to the most, both included. */
    double number(String name, double least, double most, double absent) {
        return value(name).map(value -> number(path(name), value, least, most)).orElse(absent);
    }

    static double number(String path, JsonNode value, double least, double most) {
        if (!value.isNumber()) {
            throw wrongType(path, value, "a number");
        }
        double number = value.doubleValue();
        if (!(number >= least && number <= most)) {
            throw ApiError.invalid(path, path + " is " + shown(value) + ", expected " + least + " to " + most);
        }
        return number;
    }

    Optional<Fields> object(String name) {
        return value(name).map(value -> object(path(name), value));
    }

    static Fields object(String path, JsonNode value) {
        if (value instanceof ObjectNode inner) {
            return new Fields(inner, path);
        }
        throw wrongType(path, value, "an object");
    }

    /** Takes fields that change no answer. */
    void ignore(String... names) {
        for (String name : names) {
            asked.add(name);
        }
    }

    /** Refuses a field that would change the answer, unless its value asks for nothing. */
    void refuse(String name, Predicate<JsonNode> asksForNothing) {
        value(name).filter(asksForNothing.negate()).ifPresent(value -> {
            throw ApiError.unsupported(
                    path(name),
                    path(name) + " is not supported by this server; leave it out (found " + shown(value) + ")");
        });
    }

    /** Refuses fields that nobody asked for. */
    void end() {
        object.fieldNames().forEachRemaining(name -> {
            if (!asked.contains(name)) {
                String shown = name.length() > SHOWN ? name.substring(0, SHOWN) + "…" : name;
                throw ApiError.unsupported(path(shown), "the field " + path(shown) + " is not known to this server");
            }
        });
    }

    static ApiError wrongType(String path, JsonNode value, String expected) {
        return ApiError.invalid(path, path + " is " + shown(value) + ", expected " + expected);
    }

    private static String shown(JsonNode value) {
        if (value.isContainerNode()) {
            return value.isArray() ? "an array" : "an object";
        }
        String text = value.toString();
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }
}
