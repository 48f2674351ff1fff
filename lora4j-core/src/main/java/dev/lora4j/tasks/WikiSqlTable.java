package dev.lora4j.tasks;

import java.util.List;

/**
 * A table of WikiSQL with all that is in it.
 *
 * @param types {@code text} or {@code real}, one of each column
 * @param rows a value of each column
 */
public record WikiSqlTable(String id, List<String> types, List<List<SqlValue>> rows) {
    /** Copies the lists. */
    public WikiSqlTable {
        types = List.copyOf(types);
        rows = rows.stream().map(List::copyOf).toList();
    }
}
