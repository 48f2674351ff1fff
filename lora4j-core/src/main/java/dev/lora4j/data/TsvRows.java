package dev.lora4j.data;

import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads a table with tabs between its columns, the first row naming them if nothing else does.
 *
 * <p>A quote is a char like any other (IANA text/tab-separated-values, and how GLUE is written), so that a row is a line.
 */
final class TsvRows implements RowReader {
    private final DataLines lines;
    private final Header header;

    private TsvRows(DataLines lines, Header header) {
        this.lines = lines;
        this.header = header;
    }

    /** Reads the names of the columns from the first row if there is no header. */
    static TsvRows open(Path file, List<String> header) {
        DataLines lines = DataLines.open(file);
        if (!header.isEmpty()) {
            return new TsvRows(lines, new Header(header));
        }
        DataLines.Line first =
                lines.next().orElseThrow(() -> new InvalidFileException(file, "is empty, expected rows"));
        return new TsvRows(lines, Header.of(cells(first.text()), file));
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
