package dev.lora4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a cache gives for a row, whichever rows it is asked for and in whatever order. */
class PrefixCacheTest {
    private static final int BLOCKS = 1;

    private static PrefixCache cache(LanguageModel model, List<List<Example>> groups, PrefixStates states) {
        return new PrefixCache(new PrefixCache.Source(model, BLOCKS, Device.CPU, Pace.FULL), groups, states, 0);
    }

    private static long tokens(List<Example> rows) {
        return rows.stream().mapToLong(Example::length).sum();
    }

    /** The row's part of what the cache gives for some rows. */
    private static Tensor partOf(Tensor states, List<Example> rows, Example row) {
        long start = tokens(rows.subList(0, rows.indexOf(row)));
        return states.rows(start, start + row.length());
    }

    private static Tensor alone(LanguageModel model, Example row) {
        return model.hiddenBelow(MicroBatch.tokens(List.of(row)), BLOCKS);
    }

    private static void assertClose(Tensor found, Tensor expected) {
        double[] values = found.toDoubles();
        double[] wanted = expected.toDoubles();
        assertThat(values).hasSameSizeAs(wanted);
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i]).isCloseTo(wanted[i], within(1e-5)); // products of other shapes round differently
        }
    }

    @Test
    void eachRowGetsItsOwnStatesInWhateverOrderAndCompany() {
        List<Example> rows = TinyRun.rows(12, 4).examples();
        List<List<Example>> groups = List.of(rows.subList(0, 4), rows.subList(4, 9)); // the last three are not kept
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                PrefixStates states = new PrefixStatesInMemory(tokens(rows.subList(0, 9)), model.hiddenSize())) {
            PrefixCache cache = cache(model, groups, states);
            for (int[] picks : new int[][] {{7}, {11, 2, 5}, {0, 1, 2, 3}, {10, 9, 11}, {8, 10, 0, 7, 3, 11}}) {
                List<Example> asked = new ArrayList<>();
                for (int pick : picks) {
                    asked.add(rows.get(pick));
                }
                Tensor found = cache.prefix(asked).states();
                assertThat(found.size(0)).isEqualTo(tokens(asked));
                asked.forEach(row -> assertClose(partOf(found, asked, row), alone(model, row)));
            }
        }
    }

    @Test
    void aRowThatIsKeptHasTheSameBitsWhicheverRowsWereAskedForBefore() {
        List<Example> rows = TinyRun.rows(9, 5).examples();
        List<List<Example>> groups = List.of(rows.subList(0, 4), rows.subList(4, 9));
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                PrefixStates first = new PrefixStatesInMemory(tokens(rows), model.hiddenSize());
                PrefixStates second = new PrefixStatesInMemory(tokens(rows), model.hiddenSize())) {
            PrefixCache inOrder = cache(model, groups, first);
            groups.forEach(inOrder::prefix);
            PrefixCache resumed = cache(model, groups, second);
            List<Example> mixed = List.of(rows.get(8), rows.get(1), rows.get(6), rows.get(0));
            Tensor expected = inOrder.prefix(mixed).states();
            assertThat(resumed.prefix(mixed).states().sameBits(expected)).isTrue();
            Tensor group = model.hiddenBelow(MicroBatch.tokens(groups.get(0)), BLOCKS);
            assertThat(resumed.prefix(groups.get(0)).states().sameBits(group)).isTrue();
        }
    }

    @Test
    void keptStatesAreReadAndNotComputedAgain() {
        List<Example> rows = TinyRun.rows(4, 6).examples();
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                PrefixStates states = new PrefixStatesInMemory(tokens(rows), model.hiddenSize())) {
            PrefixCache cache = cache(model, List.of(rows), states);
            cache.compute(rows);
            Tensor zeros = Tensor.zeros(DType.F32, tokens(rows), model.hiddenSize());
            states.write(0, zeros);
            assertThat(cache.prefix(rows).states().sameBits(zeros)).isTrue();
        }
    }

    @Test
    void equalRowsAndRowsOfEqualLengthAreNotTakenForEachOther() {
        Dataset rows = TinyRun.rows(3, 7);
        Dataset same = TinyRun.rows(3, 7);
        Dataset other = TinyRun.rows(40, 8);
        Example changed = other.examples().stream()
                .filter(row -> row.length() == rows.get(0).length())
                .findFirst()
                .orElseThrow();
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                PrefixStates states = new PrefixStatesInMemory(tokens(rows.examples()), model.hiddenSize())) {
            PrefixCache cache = cache(model, List.of(rows.examples()), states);
            cache.compute(rows.examples());
            assertClose(cache.prefix(List.of(changed)).states(), alone(model, changed));
            assertClose(cache.prefix(List.of(same.get(0))).states(), alone(model, rows.get(0)));
        }
    }
}
