package dev.lora4j.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows in the published forms, written by hand. */
class TextTasksTest {
    @TempDir
    private Path folder;

    @Test
    void webNlgsGoodReferencesStandByTheirTriples() throws IOException {
        Path file = write("test.json", """
                {"entries": [
                  {"1": {"category": "Airport", "size": "2", "modifiedtripleset": [
                     {"subject": "Port_X", "property": "city", "object": "Xtown"},
                     {"subject": "Xtown", "property": "country", "object": "Y"}],
                   "lexicalisations": [{"lex": "Port X is in Xtown, Y.", "comment": "good"},
                     {"lex": "Bad.", "comment": "toFix"}, {"lex": "Xtown in Y has Port X.", "comment": "good"}]}},
                  {"2": {"category": "Athlete", "modifiedtripleset": [
                     {"subject": "Z", "property": "club", "object": "FC"}],
                   "lexicalisations": [{"lex": "Z plays for FC.", "comment": "good"}]}},
                  {"3": {"category": "City", "modifiedtripleset": [], "lexicalisations": []}}]}
                """);
        TextPrompt airport = new TextPrompt(
                "Port_X : city : Xtown | Xtown : country : Y",
                List.of("Port X is in Xtown, Y.", "Xtown in Y has Port X."));
        TextPrompt athlete = new TextPrompt("Z : club : FC", List.of("Z plays for FC."));
        assertThat(WebNlg.read(file, WebNlg.Part.ALL)).containsExactly(airport, athlete);
        assertThat(WebNlg.read(file, WebNlg.Part.SEEN)).containsExactly(airport);
        assertThat(WebNlg.read(file, WebNlg.Part.UNSEEN)).containsExactly(athlete);
    }

    @Test
    void dartsRelationsAreInSmallLetters() throws IOException {
        Path file = write("dart.json", """
                [{"tripleset": [["Mars Hill", "JOINED", "1973"], ["Mars Hill", "LOCATION", "Mars Hill, NC"]],
                  "subtree_was_extended": true,
                  "annotations": [{"source": "WikiTable", "text": "Mars Hill joined in 1973."}, {"text": "It joined then."}]}]
                """);
        assertThat(Dart.read(file))
                .containsExactly(new TextPrompt(
                        "Mars Hill : joined : 1973 | Mars Hill : location : Mars Hill, NC",
                        List.of("Mars Hill joined in 1973.", "It joined then.")));
        Path broken = write("broken.json", "[{\"tripleset\": [[\"a\", \"b\"]], \"annotations\": [{\"text\": \"c\"}]}]");
        assertThatThrownBy(() -> Dart.read(broken))
                .hasMessageContaining("expected a subject, a relation and an object");
    }

    @Test
    void samSumIsReadAsAListAndLineByLine() throws IOException {
        String row = "{\"id\": \"1\", \"dialogue\": \"Ann: Hi\\r\\nBob: Bye\", \"summary\": \"They greet.\"}";
        TextPrompt expected = new TextPrompt("Ann: Hi\nBob: Bye", List.of("They greet."));
        assertThat(SamSum.read(write("list.json", "[" + row + "]"))).containsExactly(expected);
        assertThat(SamSum.read(write("lines.jsonl", row + "\n" + row + "\n"))).containsExactly(expected, expected);
        Path broken = write("broken.json", "[{\"dialogue\": 5}]");
        assertThatThrownBy(() -> SamSum.read(broken)).hasMessageContaining("\"dialogue\" is NUMBER, expected a text");
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
