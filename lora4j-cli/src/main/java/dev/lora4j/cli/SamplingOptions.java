package dev.lora4j.cli;

import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.ScoreShifts;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how new tokens are chosen and when they end. */
final class SamplingOptions {
    private static final int USUAL_TOKENS = 256;

    @Option(
            names = {"-n", "--max-new-tokens"},
            paramLabel = "N",
            description = "Most new tokens (256, or as many as the model has room for).")
    private @Nullable Integer maxNewTokens;

    @Option(
            names = {"-t", "--temperature"},
            paramLabel = "X",
            defaultValue = "0",
            description = "0 always takes the best token (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(names = "--top-k", paramLabel = "K", defaultValue = "0", description = "Only the K best tokens; 0 for all.")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description = "Only the best tokens that together are this likely.")
    private double topP;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            defaultValue = "0",
            description = "Only tokens at least this likely in relation to the best.")
    private double minP;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "X",
            defaultValue = "1",
            description = "Makes tokens that occurred less likely; 1 for none.")
    private double repetitionPenalty;

    @Option(
            names = "--stop",
            paramLabel = "TEXT",
            description = "Text that ends the answer and is not shown; may be repeated.")
    private List<String> stopStrings = List.of();

    @Option(
            names = "--stop-token",
            paramLabel = "ID",
            description = "Token id that ends the answer, besides the model's own; may be repeated.")
    private List<Integer> stopTokens = List.of();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "The same seed gives the same tokens (default: ${DEFAULT-VALUE}).")
    private long seed;

    /** The names of those that say what is drawn, or what ends a text but a token, as far as they differ from what is usual. */
    List<String> chosen() {
        Map<String, Boolean> differ = new LinkedHashMap<>();
        differ.put("temperature", temperature != 0);
        differ.put("top-k", topK != 0);
        differ.put("top-p", topP != 1);
        differ.put("min-p", minP != 0);
        differ.put("repetition-penalty", repetitionPenalty != 1);
        differ.put("stop", !stopStrings.isEmpty());
        differ.put("seed", seed != 0);
        return differ.keySet().stream()
                .filter(name -> Boolean.TRUE.equals(differ.get(name)))
                .toList();
    }

    /** The settings, checked. */
    GenerationSettings settings() {
        return new GenerationSettings(
                maxNewTokens == null ? USUAL_TOKENS : maxNewTokens,
                temperature,
                topK,
                topP,
                minP,
                ScoreShifts.NONE,
                repetitionPenalty,
                stopStrings,
                new LinkedHashSet<>(stopTokens),
                seed);
    }

    /**
     * The settings for a prompt.
     *
     * @param room tokens that the model can take after it
     */
    GenerationSettings settings(int room) {
        GenerationSettings settings = settings();
        return maxNewTokens == null ? settings.withMaxNewTokens(Math.max(1, Math.min(USUAL_TOKENS, room))) : settings;
    }
}
