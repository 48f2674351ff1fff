package dev.lora4j.tasks;

import dev.lora4j.evaluation.text.Segment;
import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model is asked to put into words, and what people wrote for it.
 *
 * @param prompt the input as the paper's code writes it
 * @param references one at least
 */
public record TextPrompt(String prompt, List<String> references) {
    /** Copies the list. */
    public TextPrompt {
        references = List.copyOf(references);
        if (references.isEmpty()) {
            throw new IllegalArgumentException("the prompt \"" + prompt + "\" has no reference; expected one at least");
        }
    }

    /**
     * The prompts with all that was written for each, in the order in which they first occur.
     *
     * @param file of theirs
     * @throws InvalidFileException if there is none
     */
    static List<TextPrompt> grouped(List<TextPrompt> prompts, Path file) {
        if (prompts.isEmpty()) {
            throw new InvalidFileException(file, "has no rows, expected one for each reference");
        }
        Map<String, List<String>> references = new LinkedHashMap<>();
        for (TextPrompt prompt : prompts) {
            references
                    .computeIfAbsent(prompt.prompt(), key -> new ArrayList<>())
                    .addAll(prompt.references());
        }
        return references.entrySet().stream()
                .map(entry -> new TextPrompt(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** What a model made of this, beside its references. */
    public Segment answeredBy(String candidate) {
        return new Segment(candidate, references);
    }
}
