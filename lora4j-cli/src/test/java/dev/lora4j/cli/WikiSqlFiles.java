package dev.lora4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Small files in the form of WikiSQL's, about a table of our own. */
final class WikiSqlFiles {
    static final String TABLE = """
            {"id": "1-1-1", "header": ["Player", "No.", "Team", "Points"], "types": ["text", "text", "text", "real"], "rows": [["Ann Bee", "21", "Duke", 12], ["Cy Dee", "2", "Duke", 9.5], ["Eve O'Fee", "32, 44", "Butler", 1200], ["Gus Hay", "42", "Elm", -3]]}
            """;

    private WikiSqlFiles() {}

    /** Four questions for each part. */
    static Path write(Path folder) throws IOException {
        Path home = Files.createDirectories(folder.resolve("wikisql"));
        String questions = question("one", 0, 0, "[[2, 0, \"Duke\"], [3, 1, 10]]")
                + question("two", 3, 5, "[[2, 0, \"Duke\"]]")
                + question("three", 0, 3, "[]")
                + question("four", 2, 0, "[[0, 0, \"Eve O'Fee\"]]");
        for (String part : List.of("train", "dev", "test")) {
            Files.writeString(home.resolve(part + ".jsonl"), questions);
            Files.writeString(home.resolve(part + ".tables.jsonl"), TABLE);
        }
        return home;
    }

    private static String question(String text, int selected, int aggregate, String conditions) {
        return "{\"table_id\": \"1-1-1\", \"question\": \"" + text + "\", \"sql\": {\"sel\": " + selected
                + ", \"agg\": " + aggregate + ", \"conds\": " + conditions + "}}\n";
    }
}
