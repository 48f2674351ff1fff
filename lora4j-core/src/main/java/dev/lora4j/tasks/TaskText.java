package dev.lora4j.tasks;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.JsonFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** A task's file as a whole: UTF-8 of at most {@link JsonFile#MAX_BYTES}, unpacked if its name ends with {@code .gz}. */
final class TaskText {
    private TaskText() {}

    static String read(Path file) {
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
                InputStream bytes = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            byte[] found = bytes.readNBytes((int) JsonFile.MAX_BYTES + 1);
            if (found.length > JsonFile.MAX_BYTES) {
                throw new InvalidFileException(
                        file, "has more than " + JsonFile.MAX_BYTES + " bytes, which is the most of a task's file");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(found))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new InvalidFileException(file, "is not UTF-8 text", e);
        } catch (IOException e) {
            throw FileAccessException.reading(file, e);
        }
    }

    /** The first of these folders that is in another, or that one itself. */
    static Path home(Path folder, List<String> inner) {
        return inner.stream()
                .map(folder::resolve)
                .filter(Files::isDirectory)
                .findFirst()
                .orElse(folder);
    }

    /** A file itself; in a folder, or one of these in it, the {@linkplain #first first} of the names. */
    static Path file(Path data, List<String> inner, String kind, List<String> names) {
        return Files.isRegularFile(data) ? data : first(home(data, inner), kind, names);
    }

    /**
     * The first of these names that the folder has, as it is or with {@code .gz}.
     *
     * @param kind of file, for messages
     */
    static Path first(Path folder, String kind, List<String> names) {
        return find(folder, names).orElseThrow(() -> missing(folder, kind, names));
    }

    static FileAccessException missing(Path folder, String kind, List<String> names) {
        return new FileAccessException(
                folder, "has no " + kind + " file; expected one of " + names + ", as it is or with .gz");
    }

    static Optional<Path> find(Path folder, List<String> names) {
        for (String name : names) {
            for (String ending : List.of("", ".gz")) {
                Path file = folder.resolve(name + ending);
                if (Files.isRegularFile(file)) {
                    return Optional.of(file);
                }
            }
        }
        return Optional.empty();
    }
}
