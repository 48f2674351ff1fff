package dev.lora4j.data;

/**
 * Where a row stands in the user's data.
 *
 * @param file name, for messages
 * @param line from 1
 */
public record RowOrigin(String file, long line) {
    /** The form that editors open: {@code data.jsonl:1234}. */
    @Override
    public String toString() {
        return file + ":" + line;
    }
}
