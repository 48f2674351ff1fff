package dev.lora4j.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ShuffledOrderTest {
    @Test
    void takesEveryRowOnce() {
        for (int size : new int[] {0, 1, 2, 3, 10, 1000}) {
            int[] rows = rows(ShuffledOrder.of(size, 42, 3));
            assertThat(IntStream.of(rows).sorted())
                    .containsExactlyElementsOf(IntStream.range(0, size).boxed().toList());
        }
    }

    @Test
    void dependsOnSeedAndEpochAlone() {
        int[] first = rows(ShuffledOrder.of(100, 42, 3));

        assertThat(rows(ShuffledOrder.of(100, 42, 3))).containsExactly(first);
        assertThat(rows(ShuffledOrder.of(100, 43, 3))).isNotEqualTo(first);
        assertThat(rows(ShuffledOrder.of(100, 42, 4))).isNotEqualTo(first);
        assertThat(rows(ShuffledOrder.of(100, 3, 42)))
                .as("seed and epoch are not one sum")
                .isNotEqualTo(first);
    }

    @Test
    void goesOnWithTheSameRowsWhenItIsTakenUpInTheMiddle() {
        ShuffledOrder uninterrupted = ShuffledOrder.of(50, 7, 2);
        ShuffledOrder resumed = ShuffledOrder.of(50, 7, 2);
        for (int position = 20; position < 50; position++) {
            assertThat(resumed.row(position)).isEqualTo(uninterrupted.row(position));
        }
    }

    @Test
    void putsEveryRowEverywhereAlikeOften() {
        int size = 5;
        int epochs = 20_000;
        int[][] counts = new int[size][size];
        for (int epoch = 0; epoch < epochs; epoch++) {
            ShuffledOrder order = ShuffledOrder.of(size, 1, epoch);
            for (int position = 0; position < size; position++) {
                counts[order.row(position)][position]++;
            }
        }
        // the standard deviation of a count is sqrt(20000 * 0.2 * 0.8) = 57; five of them
        for (int[] row : counts) {
            assertThat(IntStream.of(row)).allSatisfy(count -> assertThat(count).isBetween(3715, 4285));
        }
    }

    private static int[] rows(ShuffledOrder order) {
        return IntStream.range(0, order.size()).map(order::row).toArray();
    }
}
