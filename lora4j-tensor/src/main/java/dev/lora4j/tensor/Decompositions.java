package dev.lora4j.tensor;

import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.global.torch;

/**
 * Thin factorisations of a matrix by LAPACK, computed in the matrix's own type (float32 or float64).
 *
 * <p>No tape sees them: they serve initialisation and adapter algebra, where nothing is differentiated. With
 * {@code k = min(rows, columns)} a thin form holds all of the matrix and no more.
 */
public final class Decompositions {
    /** Directions beyond the wanted rank that a random projection keeps. */
    private static final int OVERSAMPLING = 10;

    /** A few hundred roundings of float64, relative to the norms of the factors. */
    private static final double ROUNDING = 1e-13;

    private Decompositions() {}

    /**
     * M = U · diag(S) · Vᵀ with orthonormal columns of U and rows of Vᵀ.
     *
     * @param u [rows, k]
     * @param s [k], largest first, none negative
     * @param vt [k, columns]
     */
    public record Svd(Tensor u, Tensor s, Tensor vt) {}

    /**
     * M = Q · R with orthonormal columns of Q and R upper triangular.
     *
     * @param q [rows, k]
     * @param r [k, columns]
     */
    public record Qr(Tensor q, Tensor r) {}

    /**
     * The thin singular value decomposition.
     *
     * @param matrix [rows, columns], finite, borrowed
     * @return of the calling thread's scope
     */
    public static Svd svd(Tensor matrix) {
        requireMatrix(matrix);
        try (Scope scope = Scope.open()) {
            T_TensorTensorTensor_T parts = torch.linalg_svd(matrix.at(), false, new StringViewOptional());
            return new Svd(give(scope, parts.get0()), give(scope, parts.get1()), give(scope, parts.get2()));
        }
    }

    /**
     * The thin singular value decomposition of a product by its factors alone, in float64.
     *
     * <pre>
     * left = Q₁ R₁, rightᵀ = Q₂ R₂, R₁ R₂ᵀ = U S Vᵀ
     * left · right = (Q₁ U) S (Q₂ V)ᵀ
     * </pre>
     *
     * <p>Nothing of size [rows, columns] is ever made. Singular values that are rounding of the factors and nothing else are
     * zero.
     *
     * @param left [rows, r], finite, borrowed
     * @param right [r, columns], finite, borrowed
     * @return of the calling thread's scope
     */
    public static Svd svdOfProduct(Tensor left, Tensor right) {
        try (Scope scope = Scope.open()) {
            Qr first = qr(left.to(DType.F64));
            Qr second = qr(right.to(DType.F64).transpose(0, 1));
            Svd core = svd(first.r().matmul(second.r().transpose(0, 1)));
            double rounding = ROUNDING * norm(first.r()) * norm(second.r());
            return new Svd(
                    scope.give(first.q().matmul(core.u())),
                    scope.give(withoutRounding(core.s(), rounding)),
                    scope.give(core.vt().matmul(second.q().transpose(0, 1))));
        }
    }

    private static Tensor withoutRounding(Tensor values, double rounding) {
        double[] clean = values.toDoubles();
        for (int i = 0; i < clean.length; i++) {
            clean[i] = clean[i] > rounding ? clean[i] : 0;
        }
        return Tensor.of(clean, clean.length);
    }

    private static double norm(Tensor matrix) {
        return Math.sqrt(matrix.square().sum().item());
    }

    /**
     * The leading part of the singular value decomposition by random projection (Halko et al., arXiv 0909.4061, 4.4).
     *
     * <p>For matrices too large to decompose whole: work and memory grow with the rank. The more iterations, the nearer
     * to the best approximation of that rank; two are usual.
     *
     * @param matrix [rows, columns], finite, borrowed
     * @param rank of the result, at most k
     * @param key of the random projection: the same key gives the same result
     * @return of this rank, of the calling thread's scope
     */
    public static Svd leadingSvd(Tensor matrix, int rank, int iterations, long key) {
        requireMatrix(matrix);
        long k = Math.min(matrix.size(0), matrix.size(1));
        if (rank < 1 || rank > k) {
            throw new TensorException("rank is " + rank + " for a " + matrix + "; expected 1 to " + k);
        }
        try (Scope scope = Scope.open()) {
            int width = rank + OVERSAMPLING;
            Svd svd = width >= k ? svd(matrix) : projected(matrix, width, iterations, key);
            return new Svd(
                    scope.give(svd.u().narrow(1, 0, rank).contiguous()),
                    scope.give(svd.s().narrow(0, 0, rank).contiguous()),
                    scope.give(svd.vt().narrow(0, 0, rank).contiguous()));
        }
    }

    private static Svd projected(Tensor matrix, int width, int iterations, long key) {
        Tensor transposed = matrix.transpose(0, 1);
        Tensor start =
                Random.normal(key, 1, matrix.size(1), width).to(matrix.dtype()).to(matrix.device());
        Tensor q = qr(matrix.matmul(start)).q(); // [rows, width]
        for (int i = 0; i < iterations; i++) {
            q = qr(matrix.matmul(qr(transposed.matmul(q)).q())).q();
        }
        Svd small = svd(q.transpose(0, 1).matmul(matrix));
        return new Svd(q.matmul(small.u()), small.s(), small.vt());
    }

    /**
     * The thin QR decomposition by Householder reflections.
     *
     * @param matrix [rows, columns], finite, borrowed
     * @return of the calling thread's scope
     */
    public static Qr qr(Tensor matrix) {
        requireMatrix(matrix);
        try (Scope scope = Scope.open()) {
            T_TensorTensor_T parts = torch.linalg_qr(matrix.at());
            return new Qr(give(scope, parts.get0()), give(scope, parts.get1()));
        }
    }

    /** A handle of its own: the tuple's members die with the tuple. */
    private static Tensor give(Scope scope, org.bytedeco.pytorch.Tensor member) {
        return scope.give(new Tensor(new org.bytedeco.pytorch.Tensor(member)));
    }

    private static void requireMatrix(Tensor matrix) {
        boolean fits = matrix.rank() == 2 && (matrix.dtype() == DType.F32 || matrix.dtype() == DType.F64);
        if (!fits) {
            throw new TensorException("cannot decompose a " + matrix + "; expected a matrix of F32 or F64");
        }
        if (!matrix.isFinite()) {
            throw new TensorException("cannot decompose a " + matrix + " with values that are NaN or infinite");
        }
    }
}
