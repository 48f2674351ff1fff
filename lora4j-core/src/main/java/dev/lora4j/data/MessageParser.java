package dev.lora4j.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads conversations in the form of OpenAI, which TRL and the chat templates share. */
record MessageParser(RowOrigin origin) {
    private static final Set<String> ROLES =
            new TreeSet<>(Set.of("system", "developer", "user", "assistant", "tool", "function"));

    Row.Conversation conversation(ObjectNode row, String column) {
        return new Row.Conversation(messages(row, column), tools(row));
    }

    List<Map<String, @Nullable Object>> tools(ObjectNode row) {
        List<Map<String, @Nullable Object>> tools = new ArrayList<>();
        if (row.hasNonNull("tools")) {
            for (ObjectNode tool : objects("tools", row.path("tools"), "a list of functions")) {
                tools.add(JsonValues.map(tool, origin));
            }
        }
        return tools;
    }

    List<Message> messages(ObjectNode row, String column) {
        List<Message> messages = new ArrayList<>();
        List<ObjectNode> nodes = objects(
                column, row.path(column), "a list of messages, such as {\"role\": \"user\", \"content\": \"...\"}");
        for (int i = 0; i < nodes.size(); i++) {
            messages.add(message(column + "[" + i + "]", nodes.get(i)));
        }
        if (messages.isEmpty()) {
            throw new BadRowException(origin, "\"" + column + "\" is an empty list, expected messages");
        }
        return messages;
    }

    private List<ObjectNode> objects(String name, JsonNode list, String expected) {
        if (!list.isArray()) {
            throw RowParser.unlike(name, list, expected, origin);
        }
        List<ObjectNode> objects = new ArrayList<>();
        for (JsonNode node : list) {
            if (!(node instanceof ObjectNode object)) {
                throw RowParser.unlike(name + "[" + objects.size() + "]", node, "an object", origin);
            }
            objects.add(object);
        }
        return objects;
    }

    private Message message(String name, ObjectNode node) {
        JsonNode role = node.path("role");
        if (!role.isTextual()) {
            throw RowParser.unlike(name + ".role", role, "one of " + ROLES, origin);
        }
        if (!ROLES.contains(role.textValue())) {
            throw new BadRowException(
                    origin, "\"" + name + ".role\" is \"" + role.textValue() + "\", expected one of " + ROLES);
        }
        boolean assistant = role.textValue().equals("assistant");
        boolean calls = node.hasNonNull("tool_calls") || node.hasNonNull("function_call");
        ObjectNode fields = node.deepCopy();
        JsonNode weight = fields.path("weight");
        fields.remove("weight");
        if (!(assistant && calls) || node.hasNonNull("content")) {
            fields.put("content", content(name + ".content", node.path("content"), assistant && !calls));
        }
        return new Message(JsonValues.map(fields, origin), assistant && weight(name, weight, assistant));
    }

    /** Text, or parts of which all are text; what an assistant says is never empty. */
    private String content(String name, JsonNode content, boolean needed) {
        StringBuilder text = new StringBuilder();
        if (content.isArray()) {
            for (ObjectNode part : objects(name, content, "text")) {
                if (!part.path("type").asText().equals("text")
                        || !part.path("text").isTextual()) {
                    throw new BadRowException(
                            origin,
                            "\"" + name + "\" holds a part of type " + part.path("type") + ", expected only text");
                }
                text.append(part.path("text").textValue());
            }
        } else if (content.isTextual()) {
            text.append(content.textValue());
        } else {
            throw RowParser.unlike(name, content, "text", origin);
        }
        return needed ? RowText.checked(name, text.toString(), origin) : text.toString();
    }

    private boolean weight(String name, JsonNode weight, boolean assistant) {
        if (weight.isMissingNode() || weight.isNull()) {
            return assistant;
        }
        boolean known = weight.doubleValue() == 0 || weight.doubleValue() == 1;
        if (!weight.isNumber() || !known) {
            throw new BadRowException(origin, "\"" + name + ".weight\" is " + weight + ", expected 0 or 1");
        }
        return weight.doubleValue() == 1;
    }
}
