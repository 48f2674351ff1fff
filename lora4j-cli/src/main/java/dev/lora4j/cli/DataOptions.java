package dev.lora4j.cli;

import dev.lora4j.data.Columns;
import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.LongRows;
import dev.lora4j.data.RowPolicy;
import picocli.CommandLine.Option;

/** How rows of a data file are read, as options. */
final class DataOptions {
    private Columns columns = Columns.usual();

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description = "Most tokens of a row (the model's own limit, or 1024).")
    private int maxLength;

    @Option(
            names = "--on-long-row",
            paramLabel = "WHAT",
            defaultValue = "fail",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private LongRows longRows = LongRows.FAIL;

    @Option(
            names = "--on-bad-row",
            paramLabel = "WHAT",
            defaultValue = "fail",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private RowPolicy badRows = RowPolicy.FAIL;

    @Option(
            names = "--plain-text",
            negatable = true,
            fallbackValue = "true",
            description = "Special tokens written in texts stay plain text.")
    private boolean plainText;

    @Option(names = "--text-column", paramLabel = "NAME", description = "Where a text is (text).")
    void text(String name) {
        columns = columns.withText(name);
    }

    @Option(names = "--text-pair-column", paramLabel = "NAME", description = "Where a second text is (text_pair).")
    void textPair(String name) {
        columns = columns.withTextPair(name);
    }

    @Option(names = "--label-column", paramLabel = "NAME", description = "Where a class or number is (label).")
    void label(String name) {
        columns = columns.withLabel(name);
    }

    @Option(names = "--prompt-column", paramLabel = "NAME", description = "Where what is given is (prompt).")
    void prompt(String name) {
        columns = columns.withPrompt(name);
    }

    @Option(names = "--completion-column", paramLabel = "NAME", description = "Where what is learned is (completion).")
    void completion(String name) {
        columns = columns.withCompletion(name);
    }

    @Option(names = "--messages-column", paramLabel = "NAME", description = "Where a conversation is (messages).")
    void messages(String name) {
        columns = columns.withMessages(name);
    }

    Columns columns() {
        return columns;
    }

    RowPolicy badRows() {
        return badRows;
    }

    /** Settings for a model of so many positions. */
    EncodingSettings encoding(int maxPositions) {
        if (maxLength > maxPositions) {
            throw new IllegalArgumentException(
                    "max-length is " + maxLength + ", the model takes " + maxPositions + " tokens at most");
        }
        return EncodingSettings.of(maxLength > 0 ? maxLength : Math.min(maxPositions, 1024))
                .withLongRows(longRows)
                .withPlainText(plainText);
    }
}
