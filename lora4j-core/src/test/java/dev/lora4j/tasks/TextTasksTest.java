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
        Path two = write("two.json", row.replace("They greet.", " They greet.\\r\\nBriefly. "));
        assertThat(SamSum.read(two))
                .containsExactly(new TextPrompt("Ann: Hi\nBob: Bye", List.of("They greet. Briefly.")));
        Path broken = write("broken.json", "[{\"dialogue\": 5}]");
        assertThatThrownBy(() -> SamSum.read(broken)).hasMessageContaining("\"dialogue\" is NUMBER, expected a text");
    }

    @Test
    void filesAreFoundByTheNamesOfTheirDistribution() throws IOException {
        Path dart = Files.createDirectories(folder.resolve("dart"));
        Path packed = Files.createFile(dart.resolve("dart-v1.1.1-full-train.json.gz"));
        assertThat(Dart.trainingFile(folder)).isEqualTo(packed);
        assertThat(Dart.trainingFile(dart)).isEqualTo(packed);
        assertThat(Dart.trainingFile(packed)).isEqualTo(packed);
        assertThatThrownBy(() -> Dart.validationFile(folder))
                .hasMessageContaining(dart.toString())
                .hasMessageContaining(
                        "has no validation file; expected one of [dart-v1.1.1-full-dev.json], as it is or");
        assertThatThrownBy(() -> Dart.test(folder)).hasMessageContaining("[dart-v1.1.1-full-test.json]");
        assertThatThrownBy(() -> SamSum.trainingFile(folder)).hasMessageContaining("expected one of [train.json]");
        Path val = write("val.json", "[]");
        assertThat(SamSum.validationFile(folder)).isEqualTo(val);
        write("test.json", "[]");
        assertThatThrownBy(() -> SamSum.test(folder))
                .hasMessageContaining("test.json")
                .hasMessageContaining("no rows");
    }

    @Test
    void anInputIsAskedOnceAndComparedWithAllThatWasWrittenForIt() throws IOException {
        write("dart-v1.1.1-full-test.json", """
                [{"tripleset": [["A", "IS", "B"]], "annotations": [{"text": "one"}]},
                 {"tripleset": [["C", "IS", "D"]], "annotations": [{"text": "two"}]},
                 {"tripleset": [["A", "is", "B"]], "annotations": [{"text": "three"}, {"text": "four"}]}]
                """);
        assertThat(Dart.test(folder))
                .containsExactly(
                        new TextPrompt("A : is : B", List.of("one", "three", "four")),
                        new TextPrompt("C : is : D", List.of("two")));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
