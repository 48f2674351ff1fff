package dev.lora4j.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What is measured: a model, or texts that one has written. The command line must name one of them. */
final class Measured {
    @ArgGroup(exclusive = false, multiplicity = "1")
    private @Nullable ModelOption model;

    @Option(
            names = "--predictions",
            required = true,
            paramLabel = "FILE",
            description = "Answers that are there already, for a --task whose answers are texts: one on each line, or a"
                    + " table with tabs and the columns MR and output. No model is loaded.")
    private @Nullable Path predictions;

    Optional<Path> predictions() {
        return Optional.ofNullable(predictions);
    }

    /** The model, where there are no predictions. */
    ModelOption model() {
        if (model == null) {
            throw new IllegalStateException("predictions were given, and no model");
        }
        return model;
    }
}
