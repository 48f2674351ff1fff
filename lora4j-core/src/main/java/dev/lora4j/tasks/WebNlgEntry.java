package dev.lora4j.tasks;

import java.util.List;
import java.util.Set;

/**
 * An entry of WebNLG.
 *
 * @param triples each a subject, a property and an object
 * @param texts all that are marked {@code good}; maybe none
 */
record WebNlgEntry(String category, List<List<String>> triples, List<String> texts) {
    /** The comment of a text that counts. */
    static final String GOOD = "good";

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

    /** Copies the lists. */
    WebNlgEntry {
        triples = List.copyOf(triples);
        texts = List.copyOf(texts);
    }

    boolean isIn(WebNlg.Part part) {
        return part == WebNlg.Part.ALL || SEEN.contains(category) == (part == WebNlg.Part.SEEN);
    }

    String input() {
        return Triples.written(triples);
    }
}
