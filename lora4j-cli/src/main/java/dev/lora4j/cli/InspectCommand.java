package dev.lora4j.cli;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.lora.AdapterFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lora4j inspect}: what is in an adapter, a model or a data file. */
@Command(
        name = "inspect",
        description = "Show what is in an adapter or model folder, a .gguf or .safetensors file, or a data file.",
        usageHelpAutoWidth = true,
        abbreviateSynopsis = true)
final class InspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PATH", description = "A folder or a file.")
    private Path path = Path.of("");

    @Option(names = "--tensors", description = "List every tensor.")
    private boolean listTensors;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "For a data file: the model that would learn from it.")
    private @Nullable String model;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "3",
            description = "Rows of a data file to show with what is learned of them (default: ${DEFAULT-VALUE}).")
    private int rows;

    @Mixin
    private final DataOptions dataOptions = new DataOptions();

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    private final Console console;

    InspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Inspection inspection = inspect();
        if (json) {
            console.json(inspection.json(listTensors));
        } else {
            inspection.print(console, listTensors);
        }
        return 0;
    }

    private Inspection inspect() {
        String name = path.toString().toLowerCase(Locale.ROOT);
        if (AdapterFolder.resembles(path)) {
            return AdapterInspection.of(path);
        }
        if (Files.isDirectory(path)) {
            return ModelInspection.ofFolder(path);
        }
        if (!Files.exists(path)) {
            throw new FileAccessException(path, "there is no such folder or file");
        }
        if (name.endsWith(".gguf")) {
            return ModelInspection.ofGguf(path);
        }
        if (name.endsWith(".safetensors")) {
            return ModelInspection.ofSafetensors(path);
        }
        if (model != null) {
            return DataInspection.of(console, model, path, dataOptions, json ? 0 : rows);
        }
        throw new FileAccessException(
                path,
                "is of no known kind: expected an adapter or model folder, a .gguf or .safetensors file, or with --model"
                        + " a data file");
    }
}
