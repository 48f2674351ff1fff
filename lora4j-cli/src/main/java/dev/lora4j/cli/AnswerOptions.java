package dev.lora4j.cli;

import dev.lora4j.generation.BeamSettings;
import java.util.Set;
import picocli.CommandLine.Option;

/** How a model looks for the answers that are measured, as options. */
final class AnswerOptions {
    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            defaultValue = "128",
            description = "Most tokens of an answer (default: ${DEFAULT-VALUE}).")
    private int maxNewTokens;

    @Option(
            names = "--beams",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Of a task of texts: beams of the search; 1 always takes the best token (default: ${DEFAULT-VALUE}).")
    private int beams;

    @Option(
            names = "--length-penalty",
            paramLabel = "X",
            defaultValue = "1",
            description = "The power of the length that a beam's score is divided by (default: ${DEFAULT-VALUE}).")
    private double lengthPenalty;

    @Option(
            names = "--no-repeat-ngram",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "No run of so many tokens occurs twice in an answer; 0 for no such rule (default: ${DEFAULT-VALUE}).")
    private int noRepeatNgram;

    int maxNewTokens() {
        return maxNewTokens;
    }

    /** Whether any of what shapes a search differs from what is usual. */
    boolean shapeASearch() {
        return beams != 1 || lengthPenalty != 1 || noRepeatNgram != 0;
    }

    /** The search, checked; it ends at no tokens of its own. */
    BeamSettings search() {
        return new BeamSettings(beams, maxNewTokens, lengthPenalty, noRepeatNgram, Set.of());
    }
}
