package dev.lora4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecompositionsTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** MᵀM = [[25, 20], [20, 25]] has the eigenvalues 45 and 5. */
    @Test
    void singularValuesOfAHandWorkedMatrix() {
        Tensor matrix = Tensor.of(new double[] {3, 0, 4, 5}, 2, 2);
        double[] s = Decompositions.svd(matrix.transpose(0, 1)).s().toDoubles();
        assertThat(s).hasSize(2);
        assertThat(s[0]).isCloseTo(Math.sqrt(45), within(1e-12));
        assertThat(s[1]).isCloseTo(Math.sqrt(5), within(1e-12));
    }

    /** The first column (3, 4) has length 5; its direction is (0.6, 0.8), and QR leaves the signs free. */
    @Test
    void qrOfAHandWorkedMatrix() {
        Decompositions.Qr qr = Decompositions.qr(Tensor.of(new double[] {3, 1, 4, 2}, 2, 2));
        double[] r = qr.r().toDoubles();
        assertThat(Math.abs(r[0])).isCloseTo(5, within(1e-12));
        assertThat(Math.signum(r[0]) * r[1]).isCloseTo(2.2, within(1e-12));
        assertThat(r[2]).isZero();
        assertThat(Math.abs(r[3])).isCloseTo(0.4, within(1e-12));
    }

    // a float32 factorisation of a few dozen values is right to some tens of roundings of 6e-8
    @ParameterizedTest
    @CsvSource({"7, 3, F32, 1e-5", "3, 7, F32, 1e-5", "5, 5, F64, 1e-12", "40, 6, F64, 1e-12", "1, 4, F64, 1e-12"})
    void svdIsOrthonormalSortedAndRestores(int rows, int columns, DType type, double tolerance) {
        Tensor matrix = Random.normal(11, 1, rows, columns).to(type);
        Decompositions.Svd svd = Decompositions.svd(matrix);
        int k = Math.min(rows, columns);
        assertThat(svd.u().shape()).containsExactly(rows, k);
        assertThat(svd.vt().shape()).containsExactly(k, columns);
        assertThat(svd.s().dtype()).isEqualTo(type);
        requireIdentity(svd.u().transpose(0, 1).matmul(svd.u()), tolerance);
        requireIdentity(svd.vt().matmul(svd.vt().transpose(0, 1)), tolerance);
        requireClose(svd.u().times(svd.s()).matmul(svd.vt()), matrix, tolerance);
        double[] s = svd.s().toDoubles();
        for (int i = 1; i < s.length; i++) {
            assertThat(s[i]).isBetween(0.0, s[i - 1]);
        }
    }

    @ParameterizedTest
    @CsvSource({"7, 3, F32, 1e-5", "3, 7, F32, 1e-5", "40, 6, F64, 1e-12"})
    void qrIsOrthonormalTriangularAndRestores(int rows, int columns, DType type, double tolerance) {
        Tensor matrix = Random.normal(12, 1, rows, columns).to(type);
        Decompositions.Qr qr = Decompositions.qr(matrix);
        int k = Math.min(rows, columns);
        assertThat(qr.q().shape()).containsExactly(rows, k);
        requireIdentity(qr.q().transpose(0, 1).matmul(qr.q()), tolerance);
        requireClose(qr.q().matmul(qr.r()), matrix, tolerance);
        double[] r = qr.r().toDoubles();
        for (int row = 0; row < k; row++) {
            for (int column = 0; column < row; column++) {
                assertThat(r[row * columns + column]).isZero();
            }
        }
    }

    @Test
    void theLeadingPartOfALargerMatrixIsFoundByProjection() {
        // singular values 100, 50, 25, … with orthonormal factors: known without any decomposition of ours
        Tensor u = Decompositions.qr(Random.normal(21, 1, 60, 30).to(DType.F64)).q();
        Tensor v = Decompositions.qr(Random.normal(22, 1, 40, 30).to(DType.F64)).q();
        double[] values = new double[30];
        for (int i = 0; i < 30; i++) {
            values[i] = 100 * Math.pow(0.5, i);
        }
        Tensor matrix = u.times(Tensor.of(values, 30)).matmul(v.transpose(0, 1));
        Decompositions.Svd svd = Decompositions.leadingSvd(matrix, 3, 2, 5);
        assertThat(svd.u().shape()).containsExactly(60, 3);
        assertThat(svd.vt().shape()).containsExactly(3, 40);
        assertThat(svd.s().toDoubles()).containsExactly(new double[] {100, 50, 25}, within(1e-9));
        Tensor best = u.narrow(1, 0, 3)
                .times(Tensor.of(new double[] {100, 50, 25}, 3))
                .matmul(v.narrow(1, 0, 3).transpose(0, 1));
        requireClose(svd.u().times(svd.s()).matmul(svd.vt()), best, 1e-6);
        assertThat(svd.u().sameBits(Decompositions.leadingSvd(matrix, 3, 2, 5).u()))
                .isTrue();
        assertThatThrownBy(() -> Decompositions.leadingSvd(matrix, 41, 2, 5)).hasMessageContaining("expected 1 to 40");
    }

    @Test
    void theLeadingPartOfASmallMatrixIsExact() {
        Tensor matrix = Tensor.of(new double[] {0, 3, 2, 0}, 2, 2);
        Decompositions.Svd svd = Decompositions.leadingSvd(matrix, 1, 0, 5);
        requireClose(svd.u().times(svd.s()).matmul(svd.vt()), Tensor.of(new double[] {0, 3, 0, 0}, 2, 2), 1e-12);
    }

    @Test
    void whatIsNoFiniteMatrixIsRefused() {
        assertThatThrownBy(() -> Decompositions.svd(Tensor.of(new float[] {1, 2}, 2)))
                .isInstanceOf(TensorException.class)
                .hasMessageContaining("expected a matrix of F32 or F64");
        assertThatThrownBy(() -> Decompositions.qr(Tensor.zeros(DType.BF16, 2, 2)))
                .hasMessageContaining("expected a matrix of F32 or F64");
        assertThatThrownBy(() -> Decompositions.svd(Tensor.of(new float[] {1, Float.NaN}, 1, 2)))
                .hasMessageContaining("NaN or infinite");
    }

    @Test
    void nothingIsLeftBehind() {
        Tensor matrix = Random.normal(13, 1, 6, 4);
        try (Scope warm = Scope.open()) {
            Decompositions.svd(matrix);
            Decompositions.qr(matrix);
        }
        long before = Scope.liveObjects();
        for (int i = 0; i < 20; i++) {
            try (Scope once = Scope.open()) {
                Decompositions.svd(matrix);
                Decompositions.qr(matrix);
            }
        }
        assertThat(Scope.liveObjects()).isLessThanOrEqualTo(before);
    }

    private static void requireIdentity(Tensor found, double tolerance) {
        double[] values = found.toDoubles();
        int size = (int) found.size(0);
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i]).isCloseTo(i / size == i % size ? 1 : 0, within(tolerance));
        }
    }

    private static void requireClose(Tensor found, Tensor expected, double tolerance) {
        assertThat(found.toDoubles()).containsExactly(expected.toDoubles(), within(tolerance));
    }
}
