package dev.lora4j.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Data files for a test, and the rows that are found in them. */
final class DataFiles {
    private DataFiles() {}

    static Path write(Path folder, String name, String text) {
        return write(folder, name, text.getBytes(StandardCharsets.UTF_8));
    }

    static Path write(Path folder, String name, byte[] bytes) {
        try {
            return Files.write(folder.resolve(name), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Row> rows(Path file) {
        return rows(file, Columns.usual(), RowPolicy.FAIL);
    }

    static List<Row> rows(Path file, Columns columns, RowPolicy policy) {
        List<Row> rows = new ArrayList<>();
        RowLoop.over(file, columns, policy, (origin, row) -> rows.add(row));
        return rows;
    }
}
