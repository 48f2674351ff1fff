package dev.lora4j.tasks;

import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The questions of one file of WikiSQL.
 *
 * @param file they come from
 * @param tables the file with their tables, of the published form
 */
public record WikiSqlRows(Path file, List<WikiSqlExample> examples, Optional<Path> tables) {
    /** Copies the list. */
    public WikiSqlRows {
        examples = List.copyOf(examples);
    }

    /** What a model is asked, one of each question. */
    public List<TextPrompt> prompts() {
        return examples.stream().map(WikiSqlExample::prompt).toList();
    }

    /** The questions of some of the prompts, in the order of these. */
    public List<WikiSqlExample> of(List<TextPrompt> prompts) {
        Map<TextPrompt, WikiSqlExample> byPrompt = new HashMap<>();
        examples.forEach(each -> byPrompt.put(each.prompt(), each));
        return prompts.stream()
                .map(prompt -> Optional.ofNullable(byPrompt.get(prompt))
                        .orElseThrow(() -> new InvalidFileException(
                                file,
                                "has no question \"" + prompt.prompt() + "\"; has it changed since it was asked?")))
                .toList();
    }

    /** The ids of all tables that are asked about. */
    public Set<String> ids() {
        return examples.stream().map(each -> each.table().id()).collect(Collectors.toSet());
    }
}
