package dev.lora4j.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.evaluation.text.Segment;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class E2eTest {
    private static final String TABLE = """
            "mr","ref"
            "name[The Oak], eatType[pub], priceRange[less than £20]","The Oak is a cheap pub."
            "name[The Elm], familyFriendly[no]","The Elm, said to be ""loud"", is not for families."
            "name[The Oak], eatType[pub], priceRange[less than £20]","A cheap pub is The Oak."
            """;

    @TempDir
    private Path folder;

    @Test
    void theTablesReferencesAreGroupedByTheirInput() throws IOException {
        Files.writeString(folder.resolve("testset_w_refs.csv"), TABLE);
        assertThat(E2e.test(folder))
                .containsExactly(
                        new TextPrompt(
                                "name : The Oak | Type : pub | price : less than £ 20",
                                List.of("The Oak is a cheap pub.", "A cheap pub is The Oak.")),
                        new TextPrompt(
                                "name : The Elm | family friendly : no",
                                List.of("The Elm, said to be \"loud\", is not for families.")));
    }

    @Test
    void thePapersLinesGiveTheSameInputs() throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("test.txt.gz")))) {
            out.write("""
                    name : The Oak | price : £ 20 - 25||The Oak costs £ 20 - 25 .
                    name : The Oak | price : £ 20 - 25||One pays £ 20 - 25 .
                    """.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(E2e.test(folder))
                .containsExactly(new TextPrompt(
                        E2e.paperForm("name[The Oak], priceRange[£20-25]"),
                        List.of("The Oak costs £ 20 - 25 .", "One pays £ 20 - 25 .")));
    }

    @Test
    void aTableOfAnswersMustAnswerTheTasksInputs() throws IOException {
        List<TextPrompt> prompts = prompts();
        Path file = folder.resolve("system.tsv");
        Files.writeString(file, """
                MR\toutput
                "name[The Oak], eatType[pub], priceRange[less than £20]"\tThe Oak!
                "name[The Elm], familyFriendly[no]"\tAn Elm.
                """);
        assertThat(Answers.read(file, prompts)).extracting(Segment::candidate).containsExactly("The Oak!", "An Elm.");
        Files.writeString(file, "MR\toutput\nname[The Elm]\tThe Elm!\n");
        assertThatThrownBy(() -> Answers.read(file, prompts))
                .hasMessageContaining("line 2 answers \"name[The Elm]\"")
                .hasMessageContaining("in its order");
    }

    @Test
    void linesOfAnswersAreCounted() throws IOException {
        Path file = folder.resolve("system.txt");
        Files.writeString(file, "The Oak!\n\n");
        assertThat(Answers.read(file, prompts())).extracting(Segment::candidate).containsExactly("The Oak!", "");
        Files.writeString(file, "The Oak!\n");
        assertThatThrownBy(() -> Answers.read(file, prompts())).hasMessageContaining("has 1 texts, expected 2");
    }

    @Test
    void aTableThatIsWrittenIsReadAgain() throws IOException {
        List<String> answers = List.of("\"The\tOak\", a pub", "");
        Path file = Files.writeString(folder.resolve("own.tsv"), Answers.table(prompts(), answers));
        assertThat(Answers.read(file, prompts())).extracting(Segment::candidate).containsExactlyElementsOf(answers);
    }

    @Test
    void aModelThatHasLearnedFromTheLinesIsAskedThem() throws IOException {
        Path home = Files.createDirectories(folder.resolve("e2e"));
        Files.writeString(home.resolve("testset_w_refs.csv"), TABLE);
        Files.writeString(home.resolve("test.txt"), "name : The Oak||The Oak .\n");
        Files.writeString(home.resolve("train.txt"), "name : The Oak||The Oak .\n");
        assertThat(E2e.testOfLines(folder)).containsExactly(new TextPrompt("name : The Oak", List.of("The Oak .")));
        assertThat(E2e.test(folder)).hasSize(2);
        assertThat(E2e.trainingFile(folder)).isEqualTo(home.resolve("train.txt"));
        assertThatThrownBy(() -> E2e.validationFile(folder))
                .hasMessageContaining("has no validation file; expected one of [valid.txt]");
    }

    private List<TextPrompt> prompts() throws IOException {
        Files.writeString(folder.resolve("testset_w_refs.csv"), TABLE);
        return E2e.test(folder);
    }

    @Test
    void aFolderAndALineWithoutWhatIsExpectedSaySo() throws IOException {
        assertThatThrownBy(() -> E2e.test(folder))
                .hasMessageContaining("expected one of [testset_w_refs.csv, test.txt]");
        Files.writeString(folder.resolve("test.txt"), "name : The Oak\n");
        assertThatThrownBy(() -> E2e.test(folder)).hasMessageContaining("line 1 has no ||");
    }
}
