package dev.lora4j.model;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.gguf.GgufModelFiles;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/** Finds the files of a model by what a user calls it. */
public final class ModelSource {
    private ModelSource() {}

    /**
     * Opens a model.
     *
     * @param name a folder or a {@code .gguf} file
     * @throws FileAccessException if there is nothing by that name; it says what was looked for
     */
    public static ModelFiles open(String name) {
        Path path = path(name);
        if (Files.isDirectory(path)) {
            return HuggingFaceFolder.open(path);
        }
        if (Files.exists(path)) {
            if (isGguf(path)) {
                return GgufModelFiles.open(path);
            }
            throw new FileAccessException(path, "is not a model: expected a model folder or a .gguf file");
        }
        throw new FileAccessException(path, "there is no such model: no folder and no .gguf file of that name");
    }

    private static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("\"" + name + "\" is not a name that a model can have", e);
        }
    }

    private static boolean isGguf(Path path) {
        return path.toString().toLowerCase(Locale.ROOT).endsWith(".gguf");
    }
}
