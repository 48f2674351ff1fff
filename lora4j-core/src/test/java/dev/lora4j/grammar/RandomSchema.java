package dev.lora4j.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Random;

/** Schemas of the keywords that are held, and values that fit them. */
record RandomSchema(Random random) {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> NAMES = List.of("name", "age", "na", "a\"b", "ü", "n\\", "日本", "tab\t", "x");

    /** A schema with a value that fits it. */
    record Pair(JsonNode schema, JsonNode value) {}

    Pair next(int depth) {
        return switch (random.nextInt(depth > 0 ? 10 : 7)) {
            case 0 -> string();
            case 1 -> integer();
            case 2 -> number();
            case 3 -> listed();
            case 4 -> new Pair(schema("boolean"), JSON.booleanNode(random.nextBoolean()));
            case 5 -> new Pair(schema("null"), JSON.nullNode());
            case 6 -> pattern();
            case 7 -> object(depth);
            case 8 -> array(depth);
            default -> either(depth);
        };
    }

    private static ObjectNode schema(String type) {
        return JSON.objectNode().put("type", type);
    }

    private String text(int length) {
        StringBuilder text = new StringBuilder();
        int[] chars = {'a', 'b', '"', '\\', '\n', ' ', 0xfc, 0x65e5, 0x1f600, '/', 0x7f};
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(chars[random.nextInt(chars.length)]);
        }
        return text.toString();
    }

    private Pair string() {
        int min = random.nextInt(4);
        int length = min + random.nextInt(4);
        ObjectNode schema = schema("string");
        if (random.nextBoolean()) {
            schema.put("minLength", min).put("maxLength", length + random.nextInt(3));
        }
        return new Pair(schema, JSON.textNode(text(length)));
    }

    private Pair pattern() {
        String[][] known = {
            {"^[a-z]{2,4}-\\d+$", "abc-12"},
            {"^(red|green|blue)?$", "green"},
            {"x.z", "say xyz!"},
            {"^\\w+@\\w+\\.(com|org)$", "a_b@c.org"},
            {"^[^\"]*$", "no quotes \\ here"},
            {"^[ä-ü日]{1,3}$", "ö日"}
        };
        String[] one = known[random.nextInt(known.length)];
        return new Pair(schema("string").put("pattern", one[0]), JSON.textNode(one[1]));
    }

    private Pair integer() {
        int min = random.nextInt(400) - 200;
        int value = min + random.nextInt(50);
        ObjectNode schema = schema("integer");
        switch (random.nextInt(4)) {
            case 0 -> schema.put("minimum", min);
            case 1 -> schema.put("minimum", min).put("maximum", value + random.nextInt(20));
            case 2 -> {
                value -= Math.floorMod(value, 7);
                schema.put("multipleOf", 7).put("exclusiveMaximum", value + 1);
            }
            default -> {}
        }
        return new Pair(schema, JSON.numberNode(value));
    }

    private Pair number() {
        BigDecimal value = BigDecimal.valueOf(random.nextInt(20_000) - 10_000, 2);
        ObjectNode schema = schema("number");
        switch (random.nextInt(4)) {
            case 0 -> schema.put("exclusiveMinimum", value.subtract(new BigDecimal("0.01")));
            case 1 -> schema.put("minimum", value).put("maximum", value.add(BigDecimal.ONE));
            case 2 -> schema.put("multipleOf", new BigDecimal("0.01")).put("maximum", value);
            default -> {}
        }
        return new Pair(schema, JSON.numberNode(value));
    }

    private Pair listed() {
        ArrayNode values = JSON.arrayNode()
                .add("red")
                .add("re\"d")
                .add(7)
                .add(JSON.nullNode())
                .add(true)
                .add("日本");
        values.addObject().put("a", 1).putArray("b").add(2);
        JsonNode value = values.get(random.nextInt(values.size()));
        return random.nextBoolean()
                ? new Pair(JSON.objectNode().set("enum", values), value)
                : new Pair(JSON.objectNode().set("const", value), value);
    }

    private Pair object(int depth) {
        ObjectNode schema = schema("object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        ObjectNode value = JSON.objectNode();
        List<String> names = new java.util.ArrayList<>(NAMES);
        java.util.Collections.shuffle(names, random);
        for (String name : names.subList(0, random.nextInt(5))) {
            Pair pair = next(depth - 1);
            properties.set(name, pair.schema());
            boolean needed = random.nextBoolean();
            if (needed) {
                required.add(name);
            }
            if (needed || random.nextBoolean()) {
                value.set(name, pair.value());
            }
        }
        switch (random.nextInt(3)) {
            case 0 -> schema.put("additionalProperties", false);
            case 1 -> {
                schema.set("additionalProperties", schema("integer"));
                value.put("nam", 5).put("other", 6);
            }
            default -> value.put("more", "any");
        }
        return new Pair(schema, value);
    }

    private Pair array(int depth) {
        Pair item = next(depth - 1);
        int count = random.nextInt(4);
        ObjectNode schema = schema("array");
        schema.set("items", item.schema());
        if (random.nextBoolean()) {
            schema.put("minItems", Math.max(0, count - 1)).put("maxItems", count + 1);
        }
        ArrayNode value = JSON.arrayNode();
        for (int i = 0; i < count; i++) {
            value.add(item.value());
        }
        return new Pair(schema, value);
    }

    private Pair either(int depth) {
        ObjectNode schema = JSON.objectNode();
        ArrayNode options = schema.putArray("anyOf");
        Pair chosen = next(depth - 1);
        for (int i = 0; i < 2; i++) {
            options.add(next(depth - 1).schema());
        }
        options.insert(random.nextInt(3), chosen.schema());
        return new Pair(schema, chosen.value());
    }
}
