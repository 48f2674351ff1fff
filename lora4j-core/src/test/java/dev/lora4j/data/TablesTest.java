package dev.lora4j.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TablesTest {
    @TempDir
    Path folder;

    @Test
    void readsQuotedCellsWithCommasQuotesLineBreaksAndAnyText() {
        Path file = DataFiles.write(
                folder, "data.csv", "\uFEFFlabel,text\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n0,日本 é\uD83D\uDE00\r\n");
        assertThat(DataFiles.rows(file))
                .containsExactly(
                        new Row.Labelled("a, \"b\"\r\nc", Optional.empty(), "1"),
                        new Row.Labelled("日本 é\uD83D\uDE00", Optional.empty(), "0"));
    }

    @Test
    void readsTabsAndLeavesQuotesAlone() {
        Path file = DataFiles.write(folder, "data.tsv", "text\ttext_pair\tlabel\r\n\"a\t b \"\tyes\r\n");
        assertThat(DataFiles.rows(file)).containsExactly(new Row.Labelled("\"a", Optional.of(" b \""), "yes"));
    }

    @Test
    void tellsTheLineInWhichABadRowBegins() {
        Path file = DataFiles.write(folder, "data.csv", "text,label\n\"a\nb\",1\n,1\n");
        assertThatThrownBy(() -> DataFiles.rows(file))
                .isInstanceOf(BadRowException.class)
                .hasMessageStartingWith("data.csv:4: \"text\" is nothing, expected text");
    }

    @Test
    void refusesARowOfMoreOrLessColumns() {
        Path csv = DataFiles.write(folder, "data.csv", "text,label\na,1\nb,c,1\n");
        assertThatThrownBy(() -> DataFiles.rows(csv))
                .isInstanceOf(BadRowException.class)
                .hasMessage("data.csv:3: has 3 columns, expected 2: [text, label]");
        Path tsv = DataFiles.write(folder, "data.tsv", "text\tlabel\nb\n");
        assertThatThrownBy(() -> DataFiles.rows(tsv))
                .isInstanceOf(BadRowException.class)
                .hasMessage("data.tsv:2: has 1 columns, expected 2: [text, label]");
    }

    @Test
    void refusesAHeaderWithoutDifferentNames() {
        Path file = DataFiles.write(folder, "data.csv", "text,text\na,b\n");
        assertThatThrownBy(() -> DataFiles.rows(file))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("[text, text]");
    }

    @Test
    void losesOnlyTheRowOfTextThatIsNotUtf8() {
        Path file = DataFiles.write(folder, "data.csv", "text\nplain\n\u00E9\nlast\n".getBytes(ISO_8859_1));
        assertThatThrownBy(() -> DataFiles.rows(file))
                .isInstanceOf(BadRowException.class)
                .hasMessageStartingWith("data.csv:3: is not UTF-8 text");
        assertThat(DataFiles.rows(file, Columns.usual(), RowPolicy.SKIP))
                .containsExactly(new Row.Text("plain"), new Row.Text("last"));
    }

    @Test
    void refusesAQuoteThatIsNeverClosed() {
        Path file = DataFiles.write(folder, "data.csv", "text\n\"open\nmore\n");
        assertThatThrownBy(() -> DataFiles.rows(file))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("is no valid CSV");
    }

    @Test
    void refusesATableWithoutRows() {
        assertThatThrownBy(() -> DataFiles.rows(DataFiles.write(folder, "data.csv", "")))
                .isInstanceOf(InvalidFileException.class);
        assertThatThrownBy(() -> DataFiles.rows(DataFiles.write(folder, "data.tsv", "text\n")))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("has no rows");
    }
}
