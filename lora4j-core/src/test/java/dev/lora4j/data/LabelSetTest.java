package dev.lora4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.Lora4jException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LabelSetTest {
    @Test
    void sortsWordsByTheirCharsAndNumbersByTheirValue() {
        assertThat(LabelSet.sorted(List.of("right", "wrong", "right", "maybe")).names())
                .containsExactly("maybe", "right", "wrong");
        assertThat(LabelSet.sorted(List.of("10", "9", "0")).names()).containsExactly("0", "9", "10");
        assertThat(LabelSet.sorted(List.of("10", "9", "01")).names()).containsExactly("01", "10", "9");
    }

    @Test
    void findsALabelByItsNameOrByItsIndex() {
        LabelSet named = new LabelSet(List.of("unacceptable", "acceptable"));
        assertThat(named.index("acceptable")).hasValue(1);
        assertThat(named.index("0")).hasValue(0);
        assertThat(named.index("2")).isEmpty();
        assertThat(named.index("-1")).isEmpty();
        assertThat(named.index("acceptible")).isEmpty();

        LabelSet numbered = LabelSet.sorted(List.of("1", "2", "3"));
        assertThat(numbered.index("1")).as("the label 1, not the index").hasValue(0);
        assertThat(numbered.index("3")).hasValue(2);
    }

    @Test
    void refusesOneLabelAndTheSameTwice() {
        assertThatThrownBy(() -> LabelSet.sorted(List.of("a", "a")))
                .isInstanceOf(Lora4jException.class)
                .hasMessageContaining("[a]");
        assertThatThrownBy(() -> new LabelSet(List.of("a", "b", "a")))
                .isInstanceOf(Lora4jException.class)
                .hasMessageContaining("each of them once");
    }

    @Test
    void readsTheLabelsOfAFile(@TempDir Path folder) {
        Path file = DataFiles.write(folder, "data.csv", "text,label\na,yes\nb,no\nc,yes\n");
        assertThat(LabelSet.read(file, Columns.usual(), RowPolicy.FAIL).names()).containsExactly("no", "yes");
        Path one = DataFiles.write(folder, "one.csv", "text,label\na,yes\nb,yes\n");
        assertThatThrownBy(() -> LabelSet.read(one, Columns.usual(), RowPolicy.FAIL))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageEndingWith(
                        "one.csv: every label in it is [yes], expected two or more different ones to tell apart");
        Path none = DataFiles.write(folder, "none.csv", "text\na\n");
        assertThatThrownBy(() -> LabelSet.read(none, Columns.usual(), RowPolicy.FAIL))
                .isInstanceOf(BadRowException.class)
                .hasMessageStartingWith("none.csv:2: has no label");
    }
}
