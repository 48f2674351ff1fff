package dev.lora4j.generation;

import java.util.List;

/**
 * A text that {@link BeamSearch} found.
 *
 * @param tokens the new ones, with the stop token that ended it, if one did
 * @param score Σ log P / lengthᵖ
 * @param stopped whether a stop token ended it, not the number of tokens
 */
public record BeamText(List<Integer> tokens, double score, boolean stopped) {
    /** Copies the list. */
    public BeamText {
        tokens = List.copyOf(tokens);
    }

    /** The tokens of the text alone, without the one that ended it. */
    public int[] withoutStop() {
        return tokens.stream()
                .limit(tokens.size() - (stopped ? 1 : 0))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
