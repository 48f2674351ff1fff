package dev.lora4j.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;

/**
 * How the files of a folder look from outside: if it is equal, nobody has written to them meanwhile.
 *
 * @param files name, size, time of the last change and the system's own key of each
 */
record FolderStamp(List<String> files) {
    /** What is not there, or cannot be read; equal to no folder's that can. */
    static final FolderStamp NONE = new FolderStamp(List.of());

    FolderStamp {
        files = List.copyOf(files);
    }

    static FolderStamp of(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return new FolderStamp(entries.map(FolderStamp::look).sorted().toList());
        } catch (IOException | UncheckedIOException e) {
            return NONE; // it goes away just now
        }
    }

    private static String look(Path file) {
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            return file.getFileName() + " " + found.size() + " " + found.lastModifiedTime() + " " + found.fileKey();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
