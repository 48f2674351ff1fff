package dev.lora4j.cli;

import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.lora.MergedFolder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lora4j merge}: an adapter and its base become one model folder. */
@Command(
        name = "merge",
        description = "Merge an adapter into its base and write a model folder that needs no LoRA.",
        usageHelpAutoWidth = true)
final class MergeCommand implements Callable<Integer> {
    @Mixin
    private final ModelOption model = new ModelOption();

    @Option(
            names = {"-a", "--adapter"},
            required = true,
            paramLabel = "DIR",
            description = "The adapter's folder.")
    private Path adapter = Path.of("");

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "The folder to create; it must not exist, or be empty.")
    private Path output = Path.of("");

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "f32, f16 or bf16 for all weights (default: each keeps its own; quantised become f32).")
    private @Nullable ElementType type;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    private final Console console;

    MergeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (ModelFiles base = model.open()) {
            MergedFolder.Report report = MergedFolder.write(base, adapter, Optional.ofNullable(type), output);
            Facts facts = new Facts()
                    .text("output", output.toString())
                    .count("merged layers", report.layers())
                    .count("modules taken over", report.saved())
                    .count("tensors", report.tensors())
                    .flag("output layer untied", report.untied())
                    .flag("tokenizer", base.tokenizerJson().isPresent());
            if (json) {
                console.json(facts.json());
            } else {
                facts.print(console);
            }
            return 0;
        }
    }
}
