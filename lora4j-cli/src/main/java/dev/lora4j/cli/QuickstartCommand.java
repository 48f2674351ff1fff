package dev.lora4j.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lora4j quickstart}: the main job on an embedded model and real sentences. */
@Command(
        name = "quickstart",
        description = "Train two adapters on one embedded base (MiniLM, LanguageTool's sentences): a few minutes.",
        usageHelpAutoWidth = true)
final class QuickstartCommand implements Callable<Integer> {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            defaultValue = "lora4j-quickstart",
            description = "Folder for the two adapters and the report (default: ${DEFAULT-VALUE}).")
    private Path output = Path.of("lora4j-quickstart");

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "140",
            description = "Optimizer steps of each adapter (default: ${DEFAULT-VALUE}).")
    private int steps = 140;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Decides the fresh matrices and the order of rows (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    private final Console console;

    QuickstartCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Facts facts = new Quickstart(console, output, steps, seed).run();
        if (json) {
            console.json(facts.json());
        } else {
            facts.print(console);
        }
        return 0;
    }
}
