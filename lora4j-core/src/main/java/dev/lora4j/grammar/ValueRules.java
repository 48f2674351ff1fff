package dev.lora4j.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of single types of a schema. Confined to one thread. */
final class ValueRules {
    /** Most characters of all names and listed values of one schema. */
    static final int MAX_CHARS = 120_000;

    private final SchemaCompiler schemas;
    private final Work work = Work.ofSchema();
    private int chars;

    ValueRules(SchemaCompiler schemas) {
        this.schemas = schemas;
    }

    /** An enum or a const, each value in one spelling. */
    Rule listed(ObjectNode schema, String path) {
        String keyword = schema.has("enum") ? "enum" : "const";
        SchemaKeywords.alone(schema, path, keyword, "type");
        ArrayNode values = JsonNodeFactory.instance.arrayNode();
        if (keyword.equals("const")) {
            values.add(schema.get("const"));
        } else if (schema.get("enum") instanceof ArrayNode list && !list.isEmpty()) {
            values.addAll(list);
        } else {
            throw GrammarException.at(path + ".enum", "expected a list of at least one value");
        }
        Set<String> types = SchemaKeywords.types(schema, path);
        Set<String> texts = new LinkedHashSet<>();
        for (JsonNode value : values) {
            if (types.isEmpty() || types.stream().anyMatch(type -> isOf(value, type))) {
                texts.add(count(written(value), path));
            }
        }
        if (texts.isEmpty()) {
            throw GrammarException.at(path, "no value of \"" + keyword + "\" is of its \"type\"");
        }
        return Rule.of(new Shape.Terminal(Words.of(texts)));
    }

    private static String written(JsonNode value) {
        if (value.isTextual()) {
            return '"' + Spelling.content(value.textValue()) + '"';
        }
        if (value.isArray()) {
            List<String> items = new ArrayList<>();
            value.forEach(item -> items.add(written(item)));
            return "[" + String.join(",", items) + "]";
        }
        if (value.isObject()) {
            List<String> members = new ArrayList<>();
            value.properties()
                    .forEach(member ->
                            members.add('"' + Spelling.content(member.getKey()) + "\":" + written(member.getValue())));
            return "{" + String.join(",", members) + "}";
        }
        return value.toString();
    }

    private static boolean isOf(JsonNode value, String type) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" ->
                value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> value.isNull();
        };
    }

    private String count(String text, String path) {
        chars = Math.addExact(chars, text.length());
        if (chars > MAX_CHARS) {
            throw GrammarException.at(
                    path, "the names and listed values of the schema have more than " + MAX_CHARS + " characters");
        }
        return text;
    }

    Rule object(ObjectNode schema, String path) {
        JsonNode properties = schema.path("properties");
        if (!properties.isObject() && !properties.isMissingNode()) {
            throw GrammarException.at(path + ".properties", "expected an object of schemas");
        }
        List<String> names = new ArrayList<>();
        List<Rule> values = new ArrayList<>();
        for (Map.Entry<String, JsonNode> property : properties.properties()) {
            String name = count(property.getKey(), path);
            names.add(name);
            values.add(schemas.rule(property.getValue(), path + ".properties." + name));
        }
        JsonNode additional = schema.path("additionalProperties");
        @Nullable
        Rule others = additional.isMissingNode()
                ? JsonText.ANY
                : additional.isBoolean() && !additional.booleanValue()
                        ? null
                        : schemas.rule(additional, path + ".additionalProperties");
        BitSet required = required(schema, path, names, values, others);
        if (names.isEmpty() && others == JsonText.ANY) {
            return JsonText.OBJECT;
        }
        return Rule.of(new Shape.Members(new ObjectRule(names, values, required, others)));
    }

    private BitSet required(
            ObjectNode schema, String path, List<String> names, List<Rule> values, @Nullable Rule others) {
        BitSet required = new BitSet();
        JsonNode list = schema.path("required");
        if (!list.isMissingNode() && !list.isArray()) {
            throw GrammarException.at(path + ".required", "expected a list of names");
        }
        for (JsonNode each : list) {
            if (!each.isTextual()) {
                throw GrammarException.at(path + ".required", "found " + each + ", expected names");
            }
            String name = each.textValue();
            int at = names.indexOf(name);
            if (at < 0 && others == null) {
                throw GrammarException.at(
                        path + ".required",
                        "\"" + name + "\" is not among the properties, and additionalProperties is false");
            }
            if (at < 0) {
                at = names.size();
                names.add(count(name, path));
                values.add(others);
            }
            required.set(at);
        }
        return required;
    }

    Rule array(ObjectNode schema, String path) {
        int min = size(schema, path, "minItems", 0);
        int max = size(schema, path, "maxItems", Integer.MAX_VALUE);
        JsonNode items = schema.path("items");
        if (items.isArray()) {
            throw GrammarException.at(
                    path + ".items", "a list of schemas cannot be held; use one schema for all items");
        }
        Rule item = items.isMissingNode() ? JsonText.ANY : schemas.rule(items, path + ".items");
        if (min > max) {
            throw GrammarException.at(path, "minItems is more than maxItems");
        }
        return Rule.of(new Shape.Items(item, min, max));
    }

    Rule string(ObjectNode schema, String path) {
        int min = size(schema, path, "minLength", 0);
        int max = size(schema, path, "maxLength", Integer.MAX_VALUE);
        boolean lengths = min > 0 || max < Integer.MAX_VALUE;
        boolean pattern = schema.has("pattern");
        if (pattern || schema.has("format")) {
            if (lengths || (pattern && schema.has("format"))) {
                throw GrammarException.at(
                        path,
                        "of pattern, format and minLength or maxLength only one kind can be held; write all into the"
                                + " pattern, such as ^[a-z]{2,5}$");
            }
            return pattern ? pattern(schema.get("pattern"), path) : format(schema.get("format"), path);
        }
        if (min > max) {
            throw GrammarException.at(path, "minLength is more than maxLength");
        }
        return lengths ? Rule.of(new Shape.Text(min, max)) : JsonText.STRING;
    }

    private Rule pattern(JsonNode pattern, String path) {
        if (!pattern.isTextual()) {
            throw GrammarException.at(path + ".pattern", "found " + pattern + ", expected a string");
        }
        return string(pattern.textValue(), path + ".pattern");
    }

    private Rule format(JsonNode format, String path) {
        String known = Formats.pattern(format.asText())
                .orElseThrow(() -> GrammarException.at(
                        path + ".format", format + " cannot be held, expected one of " + Formats.names()));
        return string(known, path + ".format");
    }

    private Rule string(String pattern, String path) {
        try {
            Dfa content = RegexParser.parse(pattern).inString(work);
            if (content.isEmpty()) {
                throw new GrammarException("no text matches \"" + pattern + "\"");
            }
            Rule quote = Rule.of(new Shape.Literal(JsonText.QUOTE));
            return Rule.of(new Shape.Sequence(List.of(quote, Rule.of(new Shape.Terminal(content)))));
        } catch (GrammarException e) {
            throw GrammarException.at(path, String.valueOf(e.getMessage()));
        }
    }

    private static int size(ObjectNode schema, String path, String keyword, int absent) {
        JsonNode value = schema.path(keyword);
        if (value.isMissingNode()) {
            return absent;
        }
        if (!value.isNumber() || value.doubleValue() < 0 || value.doubleValue() != Math.rint(value.doubleValue())) {
            throw GrammarException.at(path + "." + keyword, "found " + value + ", expected an integer of 0 or more");
        }
        return (int) Math.min(Integer.MAX_VALUE - 1, value.doubleValue());
    }

    Rule number(ObjectNode schema, String path, boolean integers) {
        Optional<NumberRange.Limit> least = limit(schema, path, "minimum", "exclusiveMinimum");
        Optional<NumberRange.Limit> most = limit(schema, path, "maximum", "exclusiveMaximum");
        Optional<BigDecimal> multiple = decimal(schema, path, "multipleOf");
        if (multiple.isPresent() && multiple.get().signum() <= 0) {
            throw GrammarException.at(path + ".multipleOf", "found " + multiple.get() + ", expected more than 0");
        }
        if (least.isEmpty() && most.isEmpty() && multiple.isEmpty()) {
            return integers ? JsonText.INTEGER : JsonText.NUMBER;
        }
        NumberRange range;
        try {
            range = NumberRange.of(integers, least, most, multiple);
        } catch (GrammarException e) {
            throw GrammarException.at(path, String.valueOf(e.getMessage()));
        }
        if (range.isEmpty()) {
            throw GrammarException.at(path, "no number is within its limits");
        }
        return Rule.of(new Shape.Numeric(range));
    }

    private static Optional<NumberRange.Limit> limit(ObjectNode schema, String path, String with, String without) {
        if (schema.has(with) && schema.has(without)) {
            throw GrammarException.at(path, "it has both " + with + " and " + without + ", expected one of them");
        }
        Optional<NumberRange.Limit> included =
                decimal(schema, path, with).map(value -> new NumberRange.Limit(value, true));
        return included.isPresent()
                ? included
                : decimal(schema, path, without).map(value -> new NumberRange.Limit(value, false));
    }

    private static Optional<BigDecimal> decimal(ObjectNode schema, String path, String keyword) {
        JsonNode value = schema.path(keyword);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isNumber() || (value.isDouble() && !Double.isFinite(value.doubleValue()))) {
            throw GrammarException.at(path + "." + keyword, "found " + value + ", expected a number");
        }
        return Optional.of(value.decimalValue());
    }
}
