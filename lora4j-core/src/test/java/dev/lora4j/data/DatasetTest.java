package dev.lora4j.data;

import static dev.lora4j.data.SmallTokenizers.HE;
import static dev.lora4j.data.SmallTokenizers.IM_END;
import static dev.lora4j.data.SmallTokenizers.LL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.Lora4jException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatasetTest {
    private final Tokenizer bytes = SmallTokenizers.bytes();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        bytes.close();
    }

    @Test
    void readsExamplesInOrderAndReportsOnThem() {
        Path file =
                DataFiles.write(folder, "data.jsonl", text("hello") + "garbage\n" + text("he") + text("hellohello"));
        EncodingSettings settings = EncodingSettings.of(5).withLongRows(LongRows.TRUNCATE);
        Dataset dataset = Dataset.read(file, ExampleEncoder.causal(bytes, settings), RowPolicy.SKIP);

        assertThat(dataset.examples())
                .extracting(Example::tokens)
                .containsExactly(
                        new int[] {HE, LL, 'o', IM_END}, new int[] {HE, IM_END}, new int[] {HE, LL, 'o', HE, LL});
        assertThat(dataset.get(1).origin()).isEqualTo(new RowOrigin("data.jsonl", 3));
        DataReport report = dataset.report();
        assertThat(report.problems()).hasSize(1);
        assertThat(report).isEqualTo(new DataReport(4, 3, 1, 0, 1, 11, 8, 5, Map.of(), report.problems()));
    }

    @Test
    void rowsOfAFormatOfItsOwnAreTreatedAlike() {
        List<Row.PromptCompletion> rows =
                List.of(new Row.PromptCompletion("he", "ll"), new Row.PromptCompletion("he", "hellohellohello"));
        Path file = folder.resolve("train.txt");
        EncodingSettings settings = EncodingSettings.of(5);
        Dataset dataset = Dataset.of(
                file, rows, ExampleEncoder.causal(bytes, settings.withLongRows(LongRows.SKIP)), RowPolicy.FAIL);
        assertThat(dataset.examples()).extracting(Example::tokens).containsExactly(new int[] {HE, LL, IM_END});
        assertThat(dataset.get(0).trained(0)).isFalse();
        assertThat(dataset.report().tooLong()).isEqualTo(1);
        ExampleEncoder strict = ExampleEncoder.causal(bytes, settings);
        assertThatThrownBy(() -> Dataset.of(file, rows, strict, RowPolicy.FAIL))
                .hasMessageStartingWith("train.txt:2: has ");
    }

    @Test
    void countsLabels() {
        try (Tokenizer words = SmallTokenizers.words()) {
            Path file = DataFiles.write(folder, "data.csv", "text,label\nthe cat,b\ncat,a\nsat,b\n");
            LabelSet labels = LabelSet.read(file, Columns.usual(), RowPolicy.FAIL);
            ExampleEncoder encoder = ExampleEncoder.classification(words, labels, EncodingSettings.of(9));
            assertThat(Dataset.read(file, encoder, RowPolicy.FAIL).report().labels())
                    .isEqualTo(Map.of(0, 1L, 1, 2L));
        }
    }

    @Test
    void stopsAtALongRowEvenWhereBadRowsAreSkipped() {
        Path file = DataFiles.write(folder, "data.jsonl", text("he") + text("hellohello"));
        ExampleEncoder encoder = ExampleEncoder.causal(bytes, EncodingSettings.of(5));
        assertThatThrownBy(() -> Dataset.read(file, encoder, RowPolicy.SKIP))
                .isInstanceOf(Lora4jException.class)
                .hasMessageStartingWith("data.jsonl:2: has 7 tokens, at most 5 are allowed");
    }

    @Test
    void leavesLongRowsOutAndCountsThem() {
        Path file = DataFiles.write(folder, "data.jsonl", text("he") + text("hellohello"));
        EncodingSettings settings = EncodingSettings.of(5).withLongRows(LongRows.SKIP);
        DataReport report = Dataset.read(file, ExampleEncoder.causal(bytes, settings), RowPolicy.FAIL)
                .report();
        assertThat(report.tooLong()).isEqualTo(1);
        assertThat(report.used()).isEqualTo(1);
        assertThat(report.bad()).isZero();

        Path all = DataFiles.write(folder, "all.jsonl", text("hellohello"));
        assertThatThrownBy(() -> Dataset.read(all, ExampleEncoder.causal(bytes, settings), RowPolicy.FAIL))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("none of its 1 rows can be used: 0 are bad, 1 too long");
    }

    @Test
    void skipsARowThatHasNothingToLearn() {
        Path file = DataFiles.write(folder, "data.jsonl", text("a") + text("he"));
        EncodingSettings settings = EncodingSettings.of(5).withEndOfText(false);
        assertThatThrownBy(() -> Dataset.read(file, ExampleEncoder.causal(bytes, settings), RowPolicy.FAIL))
                .isInstanceOf(BadRowException.class)
                .hasMessageStartingWith("data.jsonl:1: none of its 1 tokens is to be learned");
    }

    @Test
    void hasADigestOfItsContentAlone() {
        Example example = example(1, 2, 3);
        String digest = Dataset.of(List.of(example, example(4, 5))).digest();

        assertThat(digest).matches("[0-9a-f]{64}");
        Example elsewhere = Example.causal(new int[] {1, 2, 3}, all(3), new RowOrigin("other.csv", 99));
        assertThat(Dataset.of(List.of(elsewhere, example(4, 5))).digest()).isEqualTo(digest);
        BitSet last = new BitSet();
        last.set(2);
        RowOrigin origin = example.origin();
        Set<String> others = new HashSet<>(List.of(
                digest,
                Dataset.of(List.of(example(4, 5), example)).digest(),
                Dataset.of(List.of(example(1, 2), example(3, 4, 5))).digest(),
                Dataset.of(List.of(Example.causal(new int[] {1, 2, 3}, last, origin), example(4, 5)))
                        .digest(),
                Dataset.of(List.of(example)).digest(),
                Dataset.of(List.of(Example.classification(new int[] {1}, new int[0], 0, origin)))
                        .digest(),
                Dataset.of(List.of(Example.classification(new int[] {1}, new int[0], 1, origin)))
                        .digest(),
                Dataset.of(List.of(Example.classification(new int[] {1}, new int[] {1}, 1, origin)))
                        .digest(),
                Dataset.of(List.of(Example.regression(new int[] {1}, new int[0], 1, origin)))
                        .digest()));
        assertThat(others).hasSize(9);
    }

    @Test
    void holdsOutAShareThatTheSeedChooses() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            examples.add(example(i, 1));
        }
        Dataset.Split split = Dataset.of(examples).split(0.25, 42);

        assertThat(split.validation().size()).isEqualTo(5);
        assertThat(split.training().report().used()).isEqualTo(15);
        List<Example> together = new ArrayList<>(split.training().examples());
        together.addAll(split.validation().examples());
        assertThat(together).containsExactlyInAnyOrderElementsOf(examples);
        assertThat(Dataset.of(examples).split(0.25, 42).validation().digest())
                .isEqualTo(split.validation().digest());
        assertThat(Dataset.of(examples).split(0.25, 43).validation().digest())
                .isNotEqualTo(split.validation().digest());
    }

    @Test
    void leavesBothPartsOfASplitSomething() {
        Dataset two = Dataset.of(List.of(example(1, 2), example(3, 4)));
        assertThat(two.split(0.01, 1).validation().size()).isEqualTo(1);
        assertThat(two.split(0.99, 1).training().size()).isEqualTo(1);
        assertThatThrownBy(() -> two.split(1, 1))
                .isInstanceOf(Lora4jException.class)
                .hasMessageContaining("1.0");
        assertThatThrownBy(() -> two.split(Double.NaN, 1)).isInstanceOf(Lora4jException.class);
        assertThatThrownBy(() -> Dataset.of(List.of(example(1, 2))).split(0.5, 1))
                .isInstanceOf(Lora4jException.class);
    }

    private static String text(String text) {
        return "{\"text\": \"" + text + "\"}\n";
    }

    private static Example example(int... tokens) {
        return Example.causal(tokens, all(tokens.length), new RowOrigin("data.jsonl", 1));
    }

    private static BitSet all(int length) {
        BitSet all = new BitSet();
        all.set(0, length);
        return all;
    }
}
