package dev.lora4j.lora;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the two files of an adapter's folder, or says what is there instead. */
final class AdapterFiles {
    private static final List<String> PICKLES = List.of(".bin", ".pt", ".pth", ".ckpt");

    private AdapterFiles() {}

    /** {@code adapter_config.json}. */
    static Path configuration(Path folder) {
        Path config = folder.resolve(AdapterFolder.CONFIG);
        if (!Files.isRegularFile(config)) {
            throw new AdapterException(folder + ": no " + AdapterFolder.CONFIG + " there"
                    + pickle(folder).orElse("; expected the folder of an adapter as PEFT writes it"));
        }
        return config;
    }

    /** {@code adapter_model.safetensors}. */
    static Path weights(Path folder) {
        Path weights = folder.resolve(AdapterFolder.WEIGHTS);
        if (Files.isRegularFile(weights)) {
            return weights;
        }
        ObjectNode config = JsonFile.read(configuration(folder));
        if (Files.isRegularFile(folder.resolve("adapters.safetensors")) && !config.has("peft_type")) {
            throw new AdapterException(
                    folder + ": this is an adapter of mlx-lm, whose names and shapes differ; expected "
                            + AdapterFolder.WEIGHTS + " as PEFT writes it");
        }
        throw new AdapterException(folder + ": no " + AdapterFolder.WEIGHTS + " there"
                + pickle(folder).orElse("; the adapter is incomplete"));
    }

    /** A pickle is a program: what is in it is never run. */
    private static Optional<String> pickle(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> PICKLES.stream().anyMatch(name::endsWith))
                    .sorted()
                    .findFirst()
                    .map(name -> "; " + name + " is a pickle and is never read, load it in Python and save the adapter"
                            + " with save_pretrained(…, safe_serialization=True)");
        } catch (IOException e) {
            throw FileAccessException.reading(folder, e);
        }
    }
}
