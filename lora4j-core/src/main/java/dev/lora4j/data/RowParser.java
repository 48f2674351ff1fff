package dev.lora4j.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells what a row is by the columns that it has.
 *
 * <p>Messages come before prompt and completion, and these before text; other columns are left alone.
 */
record RowParser(Columns columns) {
    ParsedRow parse(ObjectNode row, RowOrigin origin) {
        if (row.hasNonNull(columns.messages())) {
            return new ParsedRow(RowKind.CONVERSATION, new MessageParser(origin).conversation(row, columns.messages()));
        }
        if (row.hasNonNull(columns.prompt()) || row.hasNonNull(columns.completion())) {
            return promptCompletion(row, origin);
        }
        if (row.hasNonNull(columns.label()) || row.hasNonNull(columns.textPair())) {
            return labelled(row, origin);
        }
        if (row.has(columns.text())) {
            return new ParsedRow(RowKind.TEXT, new Row.Text(text(row, columns.text(), origin)));
        }
        List<String> found = new ArrayList<>();
        row.fieldNames().forEachRemaining(found::add);
        throw new BadRowException(
                origin,
                "has the columns " + found + ", expected " + columns.text() + ", or " + columns.text() + " and "
                        + columns.label() + ", or " + columns.prompt() + " and " + columns.completion() + ", or "
                        + columns.messages() + "; say with --text-column and the like how they are called");
    }

    private ParsedRow promptCompletion(ObjectNode row, RowOrigin origin) {
        boolean lists = row.path(columns.prompt()).isArray()
                || row.path(columns.completion()).isArray();
        if (!lists) {
            String prompt = text(row, columns.prompt(), origin);
            String completion = text(row, columns.completion(), origin);
            return new ParsedRow(RowKind.PROMPT_COMPLETION, new Row.PromptCompletion(prompt, completion));
        }
        MessageParser parser = new MessageParser(origin);
        List<Message> messages = new ArrayList<>();
        parser.messages(row, columns.prompt()).forEach(message -> messages.add(message.given()));
        messages.addAll(parser.messages(row, columns.completion()));
        return new ParsedRow(RowKind.CHAT_PROMPT_COMPLETION, new Row.Conversation(messages, parser.tools(row)));
    }

    private ParsedRow labelled(ObjectNode row, RowOrigin origin) {
        String text = text(row, columns.text(), origin);
        Optional<String> pair = row.hasNonNull(columns.textPair())
                ? Optional.of(text(row, columns.textPair(), origin))
                : Optional.empty();
        RowKind kind = pair.isPresent() ? RowKind.LABELLED_PAIR : RowKind.LABELLED;
        return new ParsedRow(kind, new Row.Labelled(text, pair, label(row, origin)));
    }

    private String label(ObjectNode row, RowOrigin origin) {
        JsonNode label = row.path(columns.label());
        if (label.isNumber()) {
            return label.asText();
        }
        if (label.isTextual()) {
            return RowText.checked(columns.label(), label.textValue(), origin).strip();
        }
        throw unlike(columns.label(), label, "text or a number", origin);
    }

    private static String text(ObjectNode row, String name, RowOrigin origin) {
        JsonNode value = row.path(name);
        if (!value.isTextual()) {
            throw unlike(name, value, "text", origin);
        }
        return RowText.checked(name, value.textValue(), origin);
    }

    static BadRowException unlike(String name, JsonNode found, String expected, RowOrigin origin) {
        String what = found.isMissingNode() ? "is missing" : "is " + JsonValues.words(found);
        return new BadRowException(origin, "\"" + name + "\" " + what + ", expected " + expected);
    }
}
