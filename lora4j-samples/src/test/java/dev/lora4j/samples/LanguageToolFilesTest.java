package dev.lora4j.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LanguageToolFilesTest {
    private static final String TRAIN_RULE = "DID_PAST";
    private static final LanguageToolData DATA = LanguageToolData.of(
            new GrammarSentences(
                    List.of(new MarkedSentence(
                            TRAIN_RULE, "GRAMMAR", "Did you \"forgot\" it…", "Did you \"forget\" it…")),
                    List.of()),
            RuleSplit.DEFAULT);

    @Test
    void writesOneJsonObjectPerLine(@TempDir Path folder) throws IOException {
        Path made = folder.resolve("data");
        LanguageToolFiles.write(DATA, made);
        assertThat(made.resolve("correctness-train.jsonl")).hasContent("""
                {"text":"Did you \\"forgot\\" it…","label":"incorrect"}
                {"text":"Did you \\"forget\\" it…","label":"correct"}
                """);
        assertThat(made.resolve("mistakes-train.jsonl"))
                .hasContent("{\"text\":\"Did you \\\"forgot\\\" it…\",\"label\":\"grammar\"}\n");
        assertThat(made.resolve("corrections-train.jsonl")).hasContent("""
                {"prompt":"Correct the sentence: Did you \\"forgot\\" it…","completion":"Did you \\"forget\\" it…"}
                """);
        assertThat(made.resolve("chat-train.jsonl")).hasContent("""
                {"messages":[{"role":"user","content":"Correct the sentence: Did you \\"forgot\\" it…"},\
                {"role":"assistant","content":"Did you \\"forget\\" it…"}]}
                """);
    }

    @Test
    void writesEveryPartEvenWhenItIsEmpty(@TempDir Path folder) {
        LanguageToolFiles.write(DATA, folder);
        assertThat(folder.resolve("chat-validation.jsonl")).isEmptyFile();
        assertThat(folder.resolve("chat-test.jsonl")).isEmptyFile();
    }

    @Test
    void saysWhichFolderCannotBeWritten(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("taken"));
        assertThatThrownBy(() -> LanguageToolFiles.write(DATA, file))
                .isInstanceOf(SampleDataException.class)
                .hasMessageStartingWith(file + ": the data files cannot be written: ");
    }
}
