package dev.lora4j.data;

import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads a table with tabs between its columns, the first row naming them.
 *
 * <p>A quote is a char like any other (IANA text/tab-separated-values, and how GLUE is written), so that a row is a line.
 */
final class TsvRows implements RowReader {
    private final DataLines lines;
    private final Header header;

    TsvRows(DataLines lines, Path file) {
        this.lines = lines;
        DataLines.Line first =
                lines.next().orElseThrow(() -> new InvalidFileException(file, "is empty, expected rows"));
        this.header = Header.of(cells(first.text()), file);
    }

    @Override
    public Optional<Unread> next() {
        return lines.next().map(line -> new Unread(line.origin(), () -> header.row(cells(line.text()), line.origin())));
    }

    private static List<String> cells(String line) {
        return List.of(line.split("\t", -1));
    }

    @Override
    public void close() {
        lines.close();
    }
}
