package dev.lora4j.data;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** How a data file is written, as the end of its name says. */
enum DataFormat {
    JSON_LINES,
    CSV,
    TSV;

    private static final String PACKED = ".gz";

    static DataFormat of(Path file) {
        String name = name(file);
        if (isPacked(file)) {
            name = name.substring(0, name.length() - PACKED.length());
        }
        if (name.endsWith(".jsonl") || name.endsWith(".json") || name.endsWith(".ndjson")) {
            return JSON_LINES;
        }
        if (name.endsWith(".csv")) {
            return CSV;
        }
        if (name.endsWith(".tsv")) {
            return TSV;
        }
        throw new InvalidFileException(
                file, "is no data file by its name, expected .jsonl, .json, .csv or .tsv, or one of them with .gz");
    }

    /** Goes through a file whose first row names its columns if no header is given; lines of JSON name their own. */
    static RowReader open(Path file, List<String> header) {
        DataFormat format = of(file);
        if (!Files.exists(file)) {
            throw new FileAccessException(file, "there is no such data file");
        }
        if (Files.isDirectory(file)) {
            throw new FileAccessException(file, "is a folder, expected a data file");
        }
        return switch (format) {
            case JSON_LINES -> new JsonLinesReader(DataLines.open(file));
            case CSV -> CsvRows.open(file, header);
            case TSV -> TsvRows.open(file, header);
        };
    }

    static boolean isPacked(Path file) {
        return name(file).endsWith(PACKED);
    }

    static RowOrigin origin(Path file, long line) {
        return new RowOrigin(String.valueOf(file.getFileName()), line);
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    }
}
