package dev.lora4j.cli;

import dev.lora4j.generation.BeamSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a model looks for the answers that are measured, as options. */
final class AnswerOptions {
    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            defaultValue = "128",
            description = "Most tokens of an answer (default: ${DEFAULT-VALUE}).")
    private int maxNewTokens;

    @Mixin
    private final BeamOptions beams = new BeamOptions();

    int maxNewTokens() {
        return maxNewTokens;
    }

    /** Whether any of what shapes a search differs from what is usual. */
    boolean shapeASearch() {
        return beams.areUsed();
    }

    /** The search, checked; it ends at no tokens of its own. */
    BeamSettings search() {
        return beams.search(maxNewTokens);
    }
}
