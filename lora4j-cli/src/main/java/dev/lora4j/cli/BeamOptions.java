package dev.lora4j.cli;

import dev.lora4j.generation.BeamSettings;
import java.util.Set;
import picocli.CommandLine.Option;

/** How beams look for the likeliest text, as options. */
final class BeamOptions {
    @Option(
            names = "--beams",
            paramLabel = "N",
            defaultValue = "1",
            description = "Beams of a search for the likeliest text; 1 always takes the best token (default:"
                    + " ${DEFAULT-VALUE}).")
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
            description = "No run of so many tokens occurs twice in what is generated; 0 for no such rule (default:"
                    + " ${DEFAULT-VALUE}).")
    private int noRepeatNgram;

    /** Whether any of them differs from what is usual. */
    boolean areUsed() {
        return beams != 1 || lengthPenalty != 1 || noRepeatNgram != 0;
    }

    /** The search, checked; it ends at no tokens of its own. */
    BeamSettings search(int maxNewTokens) {
        return new BeamSettings(beams, maxNewTokens, lengthPenalty, noRepeatNgram, Set.of());
    }
}
