package dev.lora4j.data;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;

/**
 * The first row of a table, which names its columns.
 *
 * @param names of the columns, each once
 */
record Header(List<String> names) {
    static Header of(List<String> names, Path file) {
        List<String> trimmed = names.stream().map(String::strip).toList();
        if (trimmed.contains("") || new HashSet<>(trimmed).size() < trimmed.size()) {
            throw new InvalidFileException(
                    file, "has the columns " + trimmed + " in its first row, expected a different name for each");
        }
        return new Header(trimmed);
    }

    /** The values of a row under the names of their columns; an empty cell has no value. */
    ObjectNode row(List<String> cells, RowOrigin origin) {
        if (cells.size() != names.size()) {
            throw new BadRowException(
                    origin, "has " + cells.size() + " columns, expected " + names.size() + ": " + names);
        }
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < cells.size(); i++) {
            if (cells.get(i).isEmpty()) {
                row.putNull(names.get(i));
            } else {
                row.put(names.get(i), cells.get(i));
            }
        }
        return row;
    }
}
