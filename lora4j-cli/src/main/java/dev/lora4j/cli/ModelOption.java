package dev.lora4j.cli;

import dev.lora4j.formats.ModelFiles;
import dev.lora4j.model.ModelSource;
import dev.lora4j.tensor.Device;
import picocli.CommandLine.Option;

/** The options that say which model, and where it computes. */
final class ModelOption {
    @Option(
            names = {"-m", "--model"},
            required = true,
            paramLabel = "MODEL",
            description = "A model folder, a .gguf file, or a name on the Hugging Face hub (org/name).")
    private String model = "";

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "cpu",
            description = "cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device = "cpu";

    /** What the user wrote. */
    String name() {
        return model;
    }

    /** Opens the files of the model. */
    ModelFiles open() {
        return ModelSource.open(model);
    }

    /** The device, checked to be there. */
    Device device() {
        return Device.of(device);
    }
}
