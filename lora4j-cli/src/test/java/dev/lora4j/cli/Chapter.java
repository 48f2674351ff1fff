package dev.lora4j.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A part of docs/lora-explained.md that runs.
 *
 * <p>What stands between {@code begin} and {@code // end} is in the document word for word, and so is what it prints.
 */
abstract class Chapter {
    private final Map<String, String> printed = new LinkedHashMap<>();
    private String snippet = "";

    /** Runs all snippets, in their order. */
    abstract void tell() throws Exception;

    /** What snippets printed, by their names; those that printed nothing left out. */
    final Map<String, String> printed() {
        return new LinkedHashMap<>(printed);
    }

    /** What is printed from now on is this snippet's. */
    final void begin(String name) {
        snippet = name;
    }

    /** A line, as {@code System.out.printf(Locale.ROOT, …)} and a line's end. */
    final void print(String format, Object... values) {
        printed.merge(snippet, String.format(Locale.ROOT, format, values), (before, line) -> before + "\n" + line);
    }
}
