package dev.lora4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowCheckTest {
    private static final String GOOD =
            "{'messages': [{'role': 'user', 'content': 'a'}, {'role': 'assistant'," + " 'content': 'b'}]}";

    @TempDir
    Path folder;

    private Path file(String rows) {
        return DataFiles.write(folder, "rows.jsonl", rows.replace('\'', '"'));
    }

    @Test
    void countsTheRowsOfEveryKindThatALanguageModelLearns() {
        assertThat(Dataset.check(file(GOOD + "\n\n" + GOOD + "\n"))).isEqualTo(2);
        assertThat(Dataset.check(file("{'prompt': 'a', 'completion': 'b'}"))).isEqualTo(1);
        assertThat(Dataset.check(file("{'text': 'a'}\n{'text': 'b'}"))).isEqualTo(2);
        assertThatThrownBy(() -> Dataset.check(file("\n"))).isInstanceOf(InvalidFileException.class);
        assertThatThrownBy(() -> Dataset.check(file("{'text': 'a', 'label': 1}")))
                .hasMessageStartingWith("rows.jsonl:1: has a label");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'text': 'a', 'label': 1} | is a labelled text, but rows.jsonl:1 is a conversation",
                "{'messages': [{'role': 'user', 'content': 'a'}]} | \"messages\" has no message to be learned",
                "{'messages': [{'role': 'assistant', 'content': 'a', 'weight': 0}]} | no message to be learned",
                "{'messages': [{'role': 'robot', 'content': 'a'}]} | \"messages[0].role\" is \"robot\"",
                "{'text': 'a'} | is a text, but rows.jsonl:1 is a conversation",
                "{'messages': | is not valid JSON",
            })
    void namesTheLineAndTheKeyOfABadRow(String row, String problem) {
        Path file = file(GOOD + "\n" + row + "\n");
        assertThatThrownBy(() -> Dataset.check(file))
                .isInstanceOf(BadRowException.class)
                .hasMessageStartingWith("rows.jsonl:2: ")
                .hasMessageContaining(problem);
    }
}
