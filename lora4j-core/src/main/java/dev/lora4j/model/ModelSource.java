package dev.lora4j.model;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.gguf.GgufModelFiles;
import dev.lora4j.formats.hub.HubClient;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the files of a model by what a user calls it. */
public final class ModelSource {
    private static final Pattern REPOSITORY =
            Pattern.compile("([A-Za-z0-9][\\w.-]*/[A-Za-z0-9][\\w.-]*)(?:@([\\w./-]+))?");

    private ModelSource() {}

    /**
     * Opens a model.
     *
     * @param name a folder, a {@code .gguf} file, or {@code organisation/name} for what was pulled from the hub before;
     *     a revision may follow after {@code @}
     * @param hub whose cache is looked into; nothing is downloaded
     * @throws FileAccessException if there is nothing by that name; it says what was looked for
     */
    public static ModelFiles open(String name, HubClient hub) {
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
        Matcher repository = REPOSITORY.matcher(name);
        if (!repository.matches()) {
            throw new FileAccessException(path, "there is no such model: no folder and no .gguf file of that name");
        }
        String repo = String.valueOf(repository.group(1));
        String revision = Optional.ofNullable(repository.group(2)).orElse("main");
        Path snapshot = hub.cached(repo, revision)
                .orElseThrow(() -> new FileAccessException(
                        path,
                        "there is no folder of that name, and the hub cache does not have it either; lora4j pull "
                                + repo + " downloads it"));
        return HuggingFaceFolder.open(snapshot);
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
