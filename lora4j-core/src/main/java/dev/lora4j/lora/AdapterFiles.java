package dev.lora4j.lora;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
                    + loralib(folder)
                            .or(() -> pickle(folder))
                            .orElse("; expected the folder of an adapter as PEFT writes it"));
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

    /** True if there are weights such as an adapter's, whatever else is missing. */
    static boolean haveWeights(Path folder) {
        return Files.isRegularFile(folder.resolve(AdapterFolder.WEIGHTS))
                || pickle(folder).isPresent();
    }

    /** loralib writes no configuration. */
    private static Optional<String> loralib(Path folder) {
        Path weights = folder.resolve(AdapterFolder.WEIGHTS);
        if (!Files.isRegularFile(weights)) {
            return Optional.empty();
        }
        Map<String, StoredTensor.Mapped> tensors = SafetensorsFile.open(weights).tensors();
        return LoralibNames.areIn(tensors.keySet())
                ? Optional.of("; the tensors have loralib's names and do not say alpha, so write it beside them: "
                        + LoralibNames.configuration(tensors)
                        + " and a key lora_alpha with the value that they were trained with")
                : Optional.empty();
    }

    /** A pickle is a program: what is in it is never run. */
    private static Optional<String> pickle(Path path) {
        if (!Files.isDirectory(path)) {
            return Files.isRegularFile(path)
                    ? Stream.of(path)
                            .flatMap(AdapterFiles::pickleName)
                            .findFirst()
                            .map(AdapterFiles::refusal)
                    : Optional.empty();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.flatMap(AdapterFiles::pickleName).sorted().findFirst().map(AdapterFiles::refusal);
        } catch (IOException e) {
            throw FileAccessException.reading(path, e);
        }
    }

    private static Stream<String> pickleName(Path file) {
        return Stream.of(String.valueOf(file.getFileName()))
                .filter(name -> PICKLES.stream().anyMatch(name::endsWith));
    }

    private static String refusal(String name) {
        return "; " + name
                + " is a pickle and is never read, since unpickling runs the code in it; convert it in Python:"
                + " import torch, safetensors.torch; safetensors.torch.save_file(torch.load(\"" + name
                + "\", map_location=\"cpu\", weights_only=True), \"" + AdapterFolder.WEIGHTS + "\")";
    }
}
