package dev.lora4j.data;

import java.util.List;

/**
 * The names that the columns of a data file have.
 *
 * @param text a text
 * @param textPair the second text of a pair
 * @param label a class or a number
 * @param prompt what is given: text or messages
 * @param completion what is to be learned after it: text or messages
 * @param messages a conversation
 * @param header all names in their order, for a table whose first row is data; empty where the first row names them
 */
public record Columns(
        String text,
        String textPair,
        String label,
        String prompt,
        String completion,
        String messages,
        List<String> header) {
    /** Copies the list. */
    public Columns {
        header = List.copyOf(header);
    }

    /** The usual names: text, text_pair, label, prompt, completion and messages. */
    public static Columns usual() {
        return new Columns("text", "text_pair", "label", "prompt", "completion", "messages", List.of());
    }

    /** The same with another name for the text. */
    public Columns withText(String name) {
        return new Columns(name, textPair, label, prompt, completion, messages, header);
    }

    /** The same with another name for the second text. */
    public Columns withTextPair(String name) {
        return new Columns(text, name, label, prompt, completion, messages, header);
    }

    /** The same with another name for the label. */
    public Columns withLabel(String name) {
        return new Columns(text, textPair, name, prompt, completion, messages, header);
    }

    /** The same with another name for the prompt. */
    public Columns withPrompt(String name) {
        return new Columns(text, textPair, label, name, completion, messages, header);
    }

    /** The same with another name for the completion. */
    public Columns withCompletion(String name) {
        return new Columns(text, textPair, label, prompt, name, messages, header);
    }

    /** The same with another name for the messages. */
    public Columns withMessages(String name) {
        return new Columns(text, textPair, label, prompt, completion, name, header);
    }

    /** The same for a table, CSV or TSV, whose first row is data already: the names of all its columns in order. */
    public Columns withHeader(String... names) {
        return new Columns(text, textPair, label, prompt, completion, messages, List.of(names));
    }
}
