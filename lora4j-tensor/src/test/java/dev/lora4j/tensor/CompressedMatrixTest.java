package dev.lora4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Matrices kept compressed: the values that others give them, and the products of those values. */
final class CompressedMatrixTest {
    private final Scope scope = Scope.open();
    private final MatrixCompression compression = new MatrixCompression(scope);

    @AfterEach
    void close() {
        scope.close();
    }

    /** The ways to keep a matrix; how many bytes 64 values of it take, without the scales of rows. */
    private enum Kind {
        BF16(128, (compression, weight) -> compression.bf16(source(weight), weight.size(0), weight.size(1))),
        INT8(64, (compression, weight) -> compression.int8(source(weight), weight.size(0), weight.size(1))),
        NF4(36, (compression, weight) -> compression.nf4(source(weight), weight.size(0), weight.size(1))),
        HALF(128, (compression, weight) -> compression.half(weight.to(DType.F16))),
        DECODED(7, (compression, weight) -> {
            float[] values = weight.toFloats();
            return compression.decoded(
                    (first, into, count) -> System.arraycopy(values, (int) first, into, 0, count),
                    weight.size(0),
                    weight.size(1),
                    7 * weight.elements() / 64);
        });

        private final long bytesOf64;
        private final BiFunction<MatrixCompression, Tensor, FrozenMatrix> make;

        Kind(long bytesOf64, BiFunction<MatrixCompression, Tensor, FrozenMatrix> make) {
            this.bytesOf64 = bytesOf64;
            this.make = make;
        }

        private static RowSource source(Tensor weight) {
            return (start, end) -> weight.rows(start, end);
        }
    }

    private static float[] golden(String name) throws IOException {
        try (InputStream in = CompressedMatrixTest.class.getResourceAsStream("rounded." + name)) {
            byte[] bytes = Objects.requireNonNull(in, name).readAllBytes();
            float[] values = new float[bytes.length / 4];
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
            return values;
        }
    }

    @ParameterizedTest
    @CsvSource({"NF4, nf4, 0", "BF16, bf16, 0", "INT8, int8, 3e-7"}) // int8's golden is rounded from float64
    void theValuesAreThoseOfBitsandbytesTorchAndNumpy(Kind kind, String name, float tolerance) throws IOException {
        FrozenMatrix matrix = kind.make.apply(compression, Tensor.of(golden("weight"), 7, 45));
        assertThat(matrix.dense().shape()).containsExactly(7, 45);
        assertThat(matrix.dense().toFloats()).containsExactly(golden(name), within(tolerance));
    }

    /** More rows than are expanded at a time, the last run shorter, a width that no block divides. */
    @ParameterizedTest
    @EnumSource
    void productsAreThoseOfTheValues(Kind kind) {
        products(kind, 1500, 701);
    }

    @ParameterizedTest
    @EnumSource
    void productsOfAWidthOfWholeBlocksAreThoseOfTheValues(Kind kind) {
        products(kind, 2048, 576);
    }

    /** One row is more than is expanded at a time. */
    @ParameterizedTest
    @EnumSource
    void productsOfVeryLongRowsAreThoseOfTheValues(Kind kind) {
        products(kind, 2, 530_000);
    }

    private void products(Kind kind, long out, long in) {
        Tensor weight = Random.normal(11, 1 / Math.sqrt((double) in), out, in);
        FrozenMatrix matrix = kind.make.apply(compression, weight);
        FrozenMatrix dense = FrozenMatrix.of(matrix.dense());
        assertThat(matrix.outFeatures()).isEqualTo(out);
        assertThat(matrix.inFeatures()).isEqualTo(in);
        for (int rows : in > 10_000 ? new int[] {1, 5} : new int[] {1, 5, 128}) {
            Tensor x = Random.normal(12, 1, rows, in);
            Tensor dy = Random.normal(13, 1, rows, out);
            Tensor bias = Random.normal(14, 1, out);
            // rounded to 14 bits of its row's largest value, below 6; rows of W have the length 1
            double rounding = kind == Kind.INT8 && rows < 128 ? 6.0 / (1 << 14) : 0;
            requireClose(matrix.product(x, bias), dense.product(x, bias), in + out, rounding);
            requireClose(matrix.product(x, null), dense.product(x, null), in + out, rounding);
            requireClose(matrix.gradient(dy), dense.gradient(dy), in + out, 0);
            Tensor found = x.copy();
            Tensor expected = x.copy();
            matrix.addGradient(found, dy);
            dense.addGradient(expected, dy);
            requireClose(found, expected, in + out, 0);
        }
        Tensor ids = Tensor.of(new long[] {out - 1, 0, out / 2, 0});
        assertThat(matrix.selectRows(ids).sameBits(dense.selectRows(ids))).isTrue();
    }

    /** Sums of size 1 and of so many terms in another order, of numbers that were rounded before. */
    private static void requireClose(Tensor found, Tensor expected, long terms, double rounding) {
        assertThat(found.shape()).isEqualTo(expected.shape());
        double error = Math.sqrt(found.minus(expected).square().sum().item() / expected.elements());
        assertThat(error).isLessThan(1e-7 * Math.sqrt((double) terms) + rounding);
    }

    @ParameterizedTest
    @EnumSource
    void itTakesTheBytesOfItsFormat(Kind kind) {
        FrozenMatrix matrix = kind.make.apply(compression, Random.normal(11, 1, 256, 128));
        long scales = kind == Kind.INT8 ? 256 * 4 : 0;
        assertThat(matrix.bytes()).isEqualTo(256 * 128 / 64 * kind.bytesOf64 + scales);
        long kept = matrix.tensors().stream()
                .mapToLong(tensor -> tensor.elements() * tensor.dtype().bytes())
                .sum();
        assertThat(kept).isEqualTo(kind == Kind.DECODED ? 0 : matrix.bytes());
    }

    /** w = scale · q with scale = 12.7 / 127 = 0.1 and 0.254 / 127 = 0.002. */
    @Test
    void bytesByHand() {
        Tensor weight = Tensor.of(new float[] {12.7f, -0.26f, 1.04f, 0.0011f, -0.254f, 0.0009f}, 2, 3);
        float[] values = compression
                .int8((start, end) -> weight.rows(start, end), 2, 3)
                .dense()
                .toFloats();
        assertThat(values).containsExactly(new float[] {12.7f, -0.3f, 1.0f, 0.002f, -0.254f, 0}, within(1e-6f));
    }

    /** Block maximum 2: 0.5 is 0.25 of it, between the levels 0.2461… and 0.3379…; the second block is one value. */
    @Test
    void blocksOfNormalFloatByHand() {
        float[] values = new float[65];
        values[0] = -2;
        values[1] = 0.5f;
        values[2] = 2 * 0.2920f; // just below halfway between those levels, 0.29201…
        values[3] = 2 * 0.2921f;
        values[64] = -1e-9f;
        Tensor weight = Tensor.of(values, 1, 65);
        float[] expected = new float[65];
        expected[0] = -2;
        expected[1] = 2 * 0.2461123f;
        expected[2] = 2 * 0.2461123f;
        expected[3] = 2 * 0.33791524f;
        expected[64] = -1e-9f;
        float[] found = compression
                .nf4((start, end) -> weight.rows(start, end), 1, 65)
                .dense()
                .toFloats();
        assertThat(found).containsExactly(expected);
    }

    @Test
    void aLayerTrainsItsPairOverACompressedWeightAsOverItsValues() {
        FrozenMatrix matrix = Kind.NF4.make.apply(compression, Random.normal(3, 0.1, 96, 80));
        FrozenMatrix dense = FrozenMatrix.of(matrix.dense());
        Tensor x = Random.normal(4, 1, 10, 80);
        LowRank plain = new LowRank(Random.normal(5, 0.1, 4, 80), Random.normal(6, 0.1, 96, 4), 2);
        LowRank pair = plain.withMagnitude(Magnitude.fresh(scope, matrix, plain));
        List<Tensor> parameters = List.of(
                pair.a(), pair.b(), Objects.requireNonNull(pair.magnitude()).values(), x);
        Tensor seed = Random.normal(7, 1, 10, 96);
        float[][] found = gradients(matrix, x, pair, parameters, seed);
        float[][] expected = gradients(dense, x, pair, parameters, seed);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).containsExactly(expected[i], within(1e-4f)); // of values up to 100
        }
    }

    private static float[][] gradients(
            FrozenMatrix weight, Tensor x, LowRank pair, List<Tensor> parameters, Tensor seed) {
        try (Scope inner = Scope.open();
                Tape tape = Tape.recording(parameters)) {
            Tensor y = LowRankLinear.apply(tape, x, weight, null, List.of(new Segment(2, 9, pair)));
            tape.seed(y, seed);
            tape.backward();
            float[][] gradients = new float[parameters.size() + 1][];
            Arrays.setAll(
                    gradients,
                    i -> i == parameters.size()
                            ? y.toFloats()
                            : tape.gradient(parameters.get(i)).orElseThrow().toFloats());
            return gradients;
        }
    }
}
