package dev.lora4j.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.InvalidFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonLinesTest {
    @TempDir
    Path folder;

    @Test
    void tellsRowsByTheirColumns() {
        assertThat(rows("{\"text\": \"a\", \"id\": 4}")).containsExactly(new Row.Text("a"));
        assertThat(rows("{\"prompt\": \"a\", \"completion\": \" b\"}"))
                .containsExactly(new Row.PromptCompletion("a", " b"));
        assertThat(rows("{\"text\": \"a\", \"label\": \"yes\"}"))
                .containsExactly(new Row.Labelled("a", Optional.empty(), "yes"));
        assertThat(rows("{\"text\": \"a\", \"text_pair\": \"b\", \"label\": 2.5}"))
                .containsExactly(new Row.Labelled("a", Optional.of("b"), "2.5"));
    }

    @Test
    void takesOtherNamesForColumns() {
        Path file = DataFiles.write(folder, "data.jsonl", "{\"sentence\": \"a\", \"y\": 1}");
        Columns columns = Columns.usual().withText("sentence").withLabel("y");
        assertThat(DataFiles.rows(file, columns, RowPolicy.FAIL))
                .containsExactly(new Row.Labelled("a", Optional.empty(), "1"));
    }

    @Test
    void readsByteOrderMarkCarriageReturnsBlankLinesAndNoLastLineBreak() {
        assertThat(rows("\uFEFF{\"text\": \"a\"}\r\n\r\n  \n{\"text\": \"é\\r\"}\r\n{\"text\": \"c\"}"))
                .containsExactly(new Row.Text("a"), new Row.Text("é\r"), new Row.Text("c"));
    }

    @Test
    void readsWhatIsPacked() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write("\uFEFF{\"text\": \"a\"}\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(DataFiles.rows(DataFiles.write(folder, "data.jsonl.gz", packed.toByteArray())))
                .containsExactly(new Row.Text("a"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "{\"text\": \"a\"                 # is not valid JSON at column 13: Unexpected end-of-input: expected close marker for Object (start marker at column 1)",
                "{\"text\": \"a\"} {\"text\": 1}  # is not valid JSON",
                "{\"text\": \"a\", \"text\": \"b\"} # is not valid JSON",
                "[{\"text\": \"a\"}]              # found a list, expected one JSON object on each line",
                "\"text\"                         # found text, expected one JSON object on each line",
                "{\"txt\": \"a\"}                 # has the columns [txt], expected text, or text and label, or prompt",
                "{\"text\": 5}                    # \"text\" is a number, expected text",
                "{\"text\": null}                 # \"text\" is nothing, expected text",
                "{\"text\": \" \\n\"}             # \"text\" is empty, expected text",
                "{\"text\": \"a\\u0000\"}         # \"text\" holds a NUL char",
                "{\"text\": \"a\\ud83d\"}         # \"text\" holds half a surrogate pair",
                "{\"prompt\": \"a\"}              # \"completion\" is missing, expected text",
                "{\"completion\": \"a\"}          # \"prompt\" is missing, expected text",
                "{\"label\": \"a\"}               # \"text\" is missing, expected text",
                "{\"text\": \"a\", \"text_pair\": \"b\"} # \"label\" is missing, expected text or a number",
                "{\"text\": \"a\", \"label\": true} # \"label\" is true or false, expected text or a number",
            })
    void namesFileLineAndProblemOfABadRow(String line, String problem) {
        assertThatThrownBy(() -> rows("{\"text\": \"fine\"}\n\n" + line + "\n"))
                .isInstanceOf(BadRowException.class)
                .hasMessageStartingWith("data.jsonl:3: " + problem);
    }

    @Test
    void refusesNulBytesAndOtherEncodings() {
        assertThatThrownBy(() -> rows("{\"text\": \"a\0\"}"))
                .isInstanceOf(BadRowException.class)
                .hasMessageStartingWith("data.jsonl:1: char 12 is NUL");
        Path latin = DataFiles.write(folder, "latin.jsonl", "{\"text\": \"é\"}".getBytes(ISO_8859_1));
        assertThatThrownBy(() -> DataFiles.rows(latin))
                .isInstanceOf(BadRowException.class)
                .hasMessageStartingWith("latin.jsonl:1: is not UTF-8 text; convert the file");
        Path wide = DataFiles.write(folder, "wide.jsonl", "{\"text\": \"é\"}".getBytes(UTF_16));
        assertThatThrownBy(() -> DataFiles.rows(wide))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("UTF-16");
    }

    @Test
    void refusesRowsOfDifferentKindsInOneFile() {
        assertThatThrownBy(() -> rows("{\"text\": \"a\"}\n{\"text\": \"a\", \"label\": 1}\n"))
                .isInstanceOf(BadRowException.class)
                .hasMessageStartingWith("data.jsonl:2: is a labelled text, but data.jsonl:1 is a text");
    }

    @Test
    void countsALineThatIsTooLongWithoutKeepingIt() throws IOException {
        Path file = folder.resolve("long.jsonl");
        byte[] block = new byte[1 << 20];
        Arrays.fill(block, (byte) 'a');
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < 100; i++) {
                out.write(block);
            }
            out.write("\n{\"text\": \"b\"}\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThatThrownBy(() -> DataFiles.rows(file))
                .isInstanceOf(BadRowException.class)
                .hasMessageStartingWith("long.jsonl:1: has 104857600 bytes, at most 16777216 are allowed");
        assertThat(DataFiles.rows(file, Columns.usual(), RowPolicy.SKIP)).containsExactly(new Row.Text("b"));
    }

    @Test
    void refusesDeepNestingWithoutOverflowingTheStack() {
        String deep = "{\"text\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        assertThatThrownBy(() -> rows(deep))
                .isInstanceOf(BadRowException.class)
                .hasMessageContaining("is not valid JSON");
    }

    @Test
    void refusesAFileThatIsEmptyMissingOrOfAnotherKind() {
        assertThatThrownBy(() -> rows(""))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageEndingWith("has no rows, expected one at least");
        assertThatThrownBy(() -> rows("\n \n")).isInstanceOf(InvalidFileException.class);
        assertThatThrownBy(() -> DataFiles.rows(folder.resolve("none.jsonl")))
                .isInstanceOf(FileAccessException.class)
                .hasMessageContaining("there is no such data file");
        assertThatThrownBy(() -> DataFiles.rows(folder)).isInstanceOf(InvalidFileException.class);
        assertThatThrownBy(() -> DataFiles.rows(folder.resolve("data.parquet")))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining(".jsonl, .json, .csv or .tsv");
    }

    @Test
    void skipsBadRowsUntilTheyAreMoreThanHalf() {
        String good = "{\"text\": \"a\"}\n";
        String bad = "{\"text\": }\n";
        Path half = DataFiles.write(folder, "half.jsonl", (good + bad).repeat(30));
        assertThat(DataFiles.rows(half, Columns.usual(), RowPolicy.SKIP)).hasSize(30);

        Path more = DataFiles.write(folder, "more.jsonl", good + bad.repeat(2));
        assertThatThrownBy(() -> DataFiles.rows(more, Columns.usual(), RowPolicy.SKIP))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("2 of 3 rows are bad, more than half of them; the first: more.jsonl:2: ");
    }

    @Test
    void stopsEarlyWhereTheFileIsNotWhatItIsTakenFor() {
        Path file = DataFiles.write(folder, "garbage.jsonl", "garbage\n".repeat(5000));
        assertThatThrownBy(() -> DataFiles.rows(file, Columns.usual(), RowPolicy.SKIP))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("1000 of 1000 rows are bad");
    }

    @Test
    void tellsOnlyTheFirstProblems() {
        Path file = DataFiles.write(folder, "data.jsonl", "{\"text\": \"a\"}\n".repeat(50) + "x\n".repeat(40));
        RowLoop loop = RowLoop.over(file, Columns.usual(), RowPolicy.SKIP, (origin, row) -> {});
        assertThat(loop.read()).isEqualTo(90);
        assertThat(loop.bad()).isEqualTo(40);
        assertThat(loop.problems()).hasSize(20);
        assertThat(loop.problems().get(0)).startsWith("data.jsonl:51: ");
    }

    private List<Row> rows(String text) {
        return DataFiles.rows(DataFiles.write(folder, "data.jsonl", text));
    }
}
