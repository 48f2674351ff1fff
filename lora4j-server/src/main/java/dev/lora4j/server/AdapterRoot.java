package dev.lora4j.server;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.lora.AdapterFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The one folder that adapters may be loaded from, by the names of its folders. Immutable. */
public final class AdapterRoot {
    private final Path root; // real

    private AdapterRoot(Path root) {
        this.root = root;
    }

    /**
     * A folder that must be there.
     *
     * @throws FileAccessException if it is not
     */
    public static AdapterRoot of(Path folder) {
        try {
            Path real = folder.toRealPath();
            if (!Files.isDirectory(real)) {
                throw new IllegalArgumentException(folder + " is not a folder; expected one that holds adapters");
            }
            return new AdapterRoot(real);
        } catch (IOException e) {
            throw FileAccessException.reading(folder, e);
        }
    }

    /** The adapters that it holds, by name; folders with a name that is not allowed are left out. */
    public List<Path> adapters() {
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(
                            folder -> AdapterName.isAllowed(folder.getFileName().toString()))
                    .filter(AdapterFolder::isAdapter)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw FileAccessException.reading(root, e);
        }
    }

    /** What paths in it begin with. */
    String folderPrefix() {
        return root + root.getFileSystem().getSeparator();
    }

    /**
     * The folder of a name, after all links, inside the root.
     *
     * @throws ApiError if the name is not one, or there is no such folder
     */
    Path folder(String param, String name) {
        if (!AdapterName.isAllowed(name)) {
            throw ApiError.invalid(param, AdapterName.rule(param));
        }
        try {
            Path real = root.resolve(name).toRealPath();
            if (real.startsWith(root) && !real.equals(root) && Files.isDirectory(real)) {
                return real;
            }
        } catch (IOException e) {
            // the same answer as for a link that leads out: what lies outside is nobody's business
        }
        throw ApiError.notFound("there is no adapter " + name + " in the server's folder of adapters");
    }
}
