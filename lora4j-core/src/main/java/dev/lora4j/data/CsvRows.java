package dev.lora4j.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.InvalidFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads a table with commas between its columns (RFC 4180), the first row naming them if nothing else does.
 *
 * <p>The parser is given each byte as a char, since everything that it looks for is ASCII, and each cell is decoded by
 * itself: so text that is not UTF-8 costs its row and not the file.
 */
final class CsvRows implements RowReader {
    private final Path file;
    private final CloseableIterator<CsvRecord> records;
    private final Header header;

    private CsvRows(Path file, CloseableIterator<CsvRecord> records, List<String> header) {
        this.file = file;
        this.records = records;
        this.header = header.isEmpty() ? firstRow() : new Header(header);
    }

    private Header firstRow() {
        CsvRecord first = record().orElseThrow(() -> new InvalidFileException(file, "is empty, expected rows"));
        RowOrigin origin = origin(first);
        return Header.of(
                first.getFields().stream().map(cell -> decode(cell, origin)).toList(), file);
    }

    static CsvRows open(Path file, List<String> header) {
        CloseableIterator<CsvRecord> records = CsvReader.builder()
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .maxBufferSize(DataLines.MAX_LINE_BYTES)
                .ofCsvRecord(DataLines.stream(file), StandardCharsets.ISO_8859_1)
                .iterator();
        return new CsvRows(file, records, header);
    }

    @Override
    public Optional<Unread> next() {
        return record().map(found -> new Unread(origin(found), () -> fields(found)));
    }

    private ObjectNode fields(CsvRecord found) {
        RowOrigin origin = origin(found);
        return header.row(
                found.getFields().stream().map(cell -> decode(cell, origin)).toList(), origin);
    }

    private static String decode(String cell, RowOrigin origin) {
        return RowText.decode(cell.getBytes(StandardCharsets.ISO_8859_1), origin);
    }

    private RowOrigin origin(CsvRecord found) {
        return DataFormat.origin(file, found.getStartingLineNumber());
    }

    /** Where the parser loses its way, it cannot tell where the next row begins. */
    private Optional<CsvRecord> record() {
        try {
            return records.hasNext() ? Optional.of(records.next()) : Optional.empty();
        } catch (CsvParseException e) {
            throw new InvalidFileException(file, "is no valid CSV: " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw FileAccessException.reading(file, new IOException(e.getMessage(), e));
        }
    }

    @Override
    public void close() {
        try {
            records.close();
        } catch (IOException e) {
            throw FileAccessException.reading(file, e);
        }
    }
}
