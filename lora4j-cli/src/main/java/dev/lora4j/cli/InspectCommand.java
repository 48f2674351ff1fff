package dev.lora4j.cli;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.lora.AdapterFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lora4j inspect}: what is in an adapter, a model or a data file. */
@Command(
        name = "inspect",
        description = "Show what is in an adapter folder, a model folder, or a .gguf or .safetensors file.",
        usageHelpAutoWidth = true)
final class InspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PATH", description = "A folder or a file.")
    private Path path = Path.of("");

    @Option(names = "--tensors", description = "List every tensor.")
    private boolean listTensors;

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
        if (Files.isDirectory(path)) {
            return AdapterFolder.isAdapter(path) ? AdapterInspection.of(path) : ModelInspection.ofFolder(path);
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
        throw new FileAccessException(
                path, "is of no known kind: expected an adapter or model folder, or a .gguf or .safetensors file");
    }
}
