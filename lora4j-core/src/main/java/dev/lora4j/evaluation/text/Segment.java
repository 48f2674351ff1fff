package dev.lora4j.evaluation.text;

import java.util.List;

/**
 * A generated text and the texts that people wrote for the same input.
 *
 * @param candidate what is scored
 * @param references one at least
 */
public record Segment(String candidate, List<String> references) {
    /** Copies the list. */
    public Segment {
        references = List.copyOf(references);
        if (references.isEmpty()) {
            throw new IllegalArgumentException(
                    "the text \"" + candidate + "\" has no reference; expected one at least");
        }
    }
}
