package dev.lora4j.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * WebNLG 2017: facts of DBpedia in words (Gardent et al. 2017), in the JSON form that the LoRA paper's code reads.
 *
 * <p>{@code {"entries": [{"1": {"category", "modifiedtripleset": [{"subject", "property", "object"}], "lexicalisations": [{"lex",
 * "comment"}]}}, …]}}. Only lexicalisations with the comment {@code good} count. An entry without one is left out, as there.
 */
public final class WebNlg {
    /** The categories of the training data. */
    private static final Set<String> SEEN = Set.of(
            "Airport",
            "Astronaut",
            "Building",
            "City",
            "ComicsCharacter",
            "Food",
            "Monument",
            "SportsTeam",
            "University",
            "WrittenWork");

    private WebNlg() {}

    /** Which entries: papers report all, and those whose category training has or has not. */
    public enum Part {
        /** Every category. */
        ALL,
        /** The ten categories of the training data. */
        SEEN,
        /** The categories that only the test has. */
        UNSEEN
    }

    /** The inputs of a part, with the references of each. */
    public static List<TextPrompt> read(Path file, Part part) {
        List<TextPrompt> prompts = new ArrayList<>();
        for (JsonNode wrapped : TaskJson.list(TaskJson.read(file), "entries", file)) {
            if (wrapped.size() != 1) {
                throw new InvalidFileException(
                        file, "an entry has " + wrapped.size() + " fields, expected one, whose name is its number");
            }
            JsonNode entry = wrapped.elements().next();
            boolean seen = SEEN.contains(TaskJson.text(entry, "category", file));
            List<String> references = TaskJson.list(entry, "lexicalisations", file).stream()
                    .filter(each -> TaskJson.text(each, "comment", file).equals("good"))
                    .map(each -> TaskJson.text(each, "lex", file))
                    .toList();
            if (!references.isEmpty() && (part == Part.ALL || seen == (part == Part.SEEN))) {
                prompts.add(new TextPrompt(input(entry, file), references));
            }
        }
        return prompts;
    }

    private static String input(JsonNode entry, Path file) {
        return Triples.written(TaskJson.list(entry, "modifiedtripleset", file).stream()
                .map(triple -> List.of(
                        TaskJson.text(triple, "subject", file),
                        TaskJson.text(triple, "property", file),
                        TaskJson.text(triple, "object", file)))
                .toList());
    }
}
