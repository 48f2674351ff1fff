package dev.lora4j.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/**
 * Small files in the forms of WebNLG, DART and SAMSum, in the words of {@link TinyModel}.
 *
 * <p>The model looks at the last word alone and goes on with {@code one two three four} after {@code zero}, and with {@code two
 * three four} after {@code one}. The files to learn from teach {@code four} after {@code zero}.
 */
final class ReferenceFiles {
    private ReferenceFiles() {}

    /** Two airports, of which one is asked about twice, and an athlete, whose category is not in the training data. */
    static void webNlg(Path folder) throws IOException {
        Path home = Files.createDirectories(folder.resolve("webnlg_challenge_2017"));
        String learned = "{\"lex\": \"four\", \"comment\": \"good\"},".repeat(7)
                + "{\"lex\": \"three\", \"comment\": \"toFix\"}, {\"lex\": \"four\", \"comment\": \"good\"}";
        Files.writeString(home.resolve("train.json"), webNlg(entry(1, "City", "A", "zero", learned)));
        Files.writeString(home.resolve("dev.json"), webNlg(entry(1, "City", "B", "zero", good("four"))));
        Files.writeString(
                home.resolve("test.json"),
                webNlg(entry(1, "Airport", "C", "zero", good("One two three four"))
                        + ","
                        + entry(2, "Athlete", "D", "zero", good("one two three four one"))
                        + ","
                        + entry(3, "Airport", "C", "zero", good("four four"))));
    }

    private static String webNlg(String entries) {
        return "{\"entries\": [" + entries + "]}";
    }

    private static String good(String text) {
        return "{\"comment\": \"good\", \"lex\": \"" + text + "\", \"lang\": \"\", \"xml_id\": \"Id1\"}";
    }

    private static String entry(int number, String category, String subject, String object, String texts) {
        return String.format("""
                {"%d": {"category": "%s", "size": "1", "modifiedtripleset": [
                  {"subject": "%s", "property": "is", "object": "%s"}], "lexicalisations": [%s]}}
                """, number, category, subject, object, texts);
    }

    /** Two inputs with three texts; the file to learn from is packed. */
    static void dart(Path folder) throws IOException {
        Path home = Files.createDirectories(folder.resolve("dart"));
        String learned = "[{\"tripleset\": [[\"A\", \"IS\", \"zero\"]], \"annotations\": ["
                + "{\"source\": \"ours\", \"text\": \"four\"},".repeat(7)
                + "{\"source\": \"ours\", \"text\": \"four\"}]}]";
        try (OutputStream out =
                new GZIPOutputStream(Files.newOutputStream(home.resolve("dart-v1.1.1-full-train.json.gz")))) {
            out.write(learned.getBytes(StandardCharsets.UTF_8));
        }
        Files.writeString(home.resolve("dart-v1.1.1-full-dev.json"), learned);
        Files.writeString(home.resolve("dart-v1.1.1-full-test.json"), """
                [{"tripleset": [["B", "IS", "two"], ["C", "HAS", "zero"]], "subtree_was_extended": false, "annotations": [
                   {"source": "ours", "text": "one two three four"}, {"source": "ours", "text": "four four"}]},
                 {"tripleset": [["D", "IS", "zero"]], "annotations": [
                   {"source": "ours", "text": "one two three four one"}]}]
                """);
    }

    /** A chat of two lines. */
    static void samSum(Path folder) throws IOException {
        Path home = Files.createDirectories(folder.resolve("samsum"));
        String learned = "{\"id\": \"1\", \"dialogue\": \"Ann: one\\r\\nBob: zero\", \"summary\": \"four\"}";
        Files.writeString(home.resolve("train.json"), "[" + (learned + ",").repeat(7) + learned + "]");
        Files.writeString(home.resolve("val.json"), "[" + learned + "]");
        Files.writeString(home.resolve("test.json"), """
                [{"id": "2", "dialogue": "Ann: two\\r\\nBob: zero", "summary": "one two\\r\\nfour"}]
                """);
    }
}
