package dev.lora4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Attention of the newest rows of sequences, as in generation, against its definition over the whole sequences. */
class CachedAttentionTest {
    private static final int[] LENGTHS = {4, 1, 5};
    private static final int LONGEST = 5;

    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    static List<AttentionShape> shapes() {
        return List.of(
                AttentionShape.causal(4, 2, 3),
                AttentionShape.causal(3, 3, 4),
                new AttentionShape(4, 1, 3, 0.3, true, 2, 0),
                new AttentionShape(4, 2, 3, 0.5, true, 0, 1.5));
    }

    /** A sequence of random queries, keys and values. */
    private record Whole(Tensor q, Tensor k, Tensor v, AttentionShape shape) {
        static Whole of(long seed, int length, AttentionShape shape) {
            return new Whole(
                    values(seed, length, shape.heads() * shape.headDim()),
                    values(seed + 1, length, shape.keyValueHeads() * shape.headDim()),
                    values(seed + 2, length, shape.keyValueHeads() * shape.headDim()),
                    shape);
        }

        private static Tensor values(long seed, int rows, int columns) {
            java.util.Random random = new java.util.Random(seed);
            return Tensor.of(random.doubles((long) rows * columns, -1, 1).toArray(), rows, columns);
        }

        Tensor expected(long from) {
            int length = (int) q.size(0);
            return WrittenOutAttention.of(q, k, v, Sequences.ofLengths(length), shape)
                    .rows(from, length);
        }
    }

    /** Filled up with what would show if it were seen. */
    private static Tensor filledUp(Tensor rows) {
        long missing = LONGEST - rows.size(0);
        return missing == 0
                ? rows
                : Tensor.concatenate(
                        rows, Tensor.repeated(1e6f, missing, rows.size(1)).to(rows.dtype()));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void theNewestRowOfEachSequence(AttentionShape shape) {
        List<Tensor> queries = new ArrayList<>();
        List<Tensor> keys = new ArrayList<>();
        List<Tensor> values = new ArrayList<>();
        List<Tensor> expected = new ArrayList<>();
        for (int i = 0; i < LENGTHS.length; i++) {
            Whole whole = Whole.of(10L * i, LENGTHS[i], shape);
            queries.add(whole.q().rows(LENGTHS[i] - 1, LENGTHS[i]));
            keys.add(filledUp(whole.k()));
            values.add(filledUp(whole.v()));
            expected.add(whole.expected(LENGTHS[i] - 1));
        }
        try (LastRows rows = LastRows.ofLengths(LENGTHS)) {
            assertClose(Attention.last(joined(queries), joined(keys), joined(values), rows, shape), joined(expected));
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void theLastRowsOfASequence(AttentionShape shape) {
        Whole whole = Whole.of(3, 6, shape);
        for (int from : new int[] {0, 2, 5}) {
            assertClose(Attention.cached(whole.q().rows(from, 6), whole.k(), whole.v(), shape), whole.expected(from));
        }
    }

    @Test
    void sequencesOfTheSameLengthNeedNoMask() {
        Tensor like = Tensor.zeros(DType.F32, 1);
        try (LastRows equal = LastRows.ofLengths(3, 3);
                LastRows uneven = LastRows.ofLengths(3, 2)) {
            assertThat(equal.mask(0, like)).isNull();
            assertThat(equal.mask(3, like)).isNull();
            assertThat(floats(equal.mask(2, like))).containsExactly(-infinity(), 0, 0, -infinity(), 0, 0);
            assertThat(floats(uneven.mask(0, like))).containsExactly(0, 0, 0, 0, 0, -infinity());
        }
    }

    private static float infinity() {
        return Float.POSITIVE_INFINITY;
    }

    private static float[] floats(@org.jspecify.annotations.Nullable Tensor tensor) {
        return java.util.Objects.requireNonNull(tensor).toFloats();
    }

    private static Tensor joined(List<Tensor> parts) {
        return Tensor.concatenate(parts.toArray(Tensor[]::new));
    }

    private static void assertClose(Tensor found, Tensor expected) {
        assertThat(found.shape()).containsExactly(expected.shape());
        assertThat(found.toDoubles()).containsExactly(expected.toDoubles(), within(1e-12));
    }
}
