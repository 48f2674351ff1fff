package dev.lora4j.cli;

import dev.lora4j.formats.hub.DownloadProgress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lora4j pull}: a model from the Hugging Face hub into the cache that Python shares. */
@Command(
        name = "pull",
        description = "Download a model from the Hugging Face hub into its usual cache.",
        usageHelpAutoWidth = true)
final class PullCommand implements Callable<Integer> {
    @Parameters(paramLabel = "REPO", description = "organisation/name on the hub.")
    private String repo = "";

    @Option(
            names = "--revision",
            paramLabel = "REV",
            defaultValue = "main",
            description = "A branch, a tag or a commit (default: ${DEFAULT-VALUE}).")
    private String revision = "main";

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    private final Console console;

    PullCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (ProgressLine line = ProgressLine.of(console, ProgressLine.Unit.BYTES)) {
            Path folder = ModelOption.hub(new Shown(line)).pull(repo, revision);
            line.close();
            Facts facts = new Facts().text("folder", folder.toString());
            if (json) {
                console.json(facts.json());
            } else {
                console.line(folder.toString());
            }
            return 0;
        }
    }

    /** Shows one file after another. */
    private static final class Shown implements DownloadProgress {
        private final ProgressLine line;
        private String current = "";

        Shown(ProgressLine line) {
            this.line = line;
        }

        @Override
        public void advanced(String file, long bytes, long total) {
            if (!file.equals(current)) {
                line.close();
                line.begin(bytes);
                current = file;
            }
            line.advance(file, bytes, total, "");
        }

        @Override
        public void usesCache(String reason) {
            line.message("the hub cannot be reached (" + reason + "): what is in the cache is used");
        }
    }
}
