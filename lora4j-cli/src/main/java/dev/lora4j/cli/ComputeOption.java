package dev.lora4j.cli;

import dev.lora4j.model.Compute;
import picocli.CommandLine.Option;

/** In what a base that is loaded computes. */
final class ComputeOption {
    @Option(
            names = "--compute",
            paramLabel = "TYPE",
            defaultValue = "f32",
            description = "In what the base's linear layers compute: ${COMPLETION-CANDIDATES}; int8 rounds their inputs"
                    + " and gradients to bytes (default: ${DEFAULT-VALUE}).")
    private Compute compute = Compute.F32;

    Compute type() {
        return compute;
    }
}
