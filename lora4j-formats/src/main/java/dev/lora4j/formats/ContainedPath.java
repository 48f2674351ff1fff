package dev.lora4j.formats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file whose name came from outside and that must lie within a folder. */
public final class ContainedPath {
    private static final int MAX_NAME = 255;

    private ContainedPath() {}

    /**
     * The path that a name has in a folder, without looking at the disk.
     *
     * @param name relative, with {@code /} between its parts
     * @param source where the name was found, for the message
     * @throws InvalidFileException if the name could leave the folder, or mean something else on another system
     */
    public static Path resolve(Path folder, String name, Object source) {
        Path path = folder;
        for (String part : name.split("/", -1)) {
            if (!isPlain(part)) {
                throw new InvalidFileException(
                        source, "names the file \"" + printable(name) + "\", which must be a plain name in its folder");
            }
            path = path.resolve(part);
        }
        return path;
    }

    /**
     * The same for a file that exists; links may not lead out of the folder.
     *
     * <p>In a snapshot of the Hugging Face cache they may lead to the {@code blobs} of the same repository.
     */
    public static Path existing(Path folder, String name, Object source) {
        Path path = resolve(folder, name, source);
        if (!Files.exists(path)) {
            throw new InvalidFileException(source, "names the file \"" + name + "\", which is not in " + folder);
        }
        try {
            Path real = path.toRealPath();
            Path root = folder.toRealPath();
            boolean contained = real.startsWith(root) || real.startsWith(blobs(root));
            if (!contained || !Files.isRegularFile(real)) {
                throw new InvalidFileException(
                        source, "names the file \"" + name + "\", which is not a file within " + folder);
            }
            return path;
        } catch (IOException e) {
            throw FileAccessException.reading(path, e);
        }
    }

    private static Path blobs(Path snapshot) {
        Path snapshots = snapshot.getParent();
        if (snapshots == null || !snapshots.endsWith("snapshots")) {
            return snapshot;
        }
        return snapshots.resolveSibling("blobs");
    }

    private static boolean isPlain(String part) {
        return !part.isEmpty()
                && part.length() <= MAX_NAME
                && !part.equals(".")
                && !part.equals("..")
                && part.chars().noneMatch(c -> c < ' ' || c == 0x7f || c == '\\' || c == ':');
    }

    private static String printable(String name) {
        String shortened = name.length() > MAX_NAME ? name.substring(0, MAX_NAME) + "…" : name;
        return shortened.replaceAll("\\p{Cntrl}", "?");
    }
}
