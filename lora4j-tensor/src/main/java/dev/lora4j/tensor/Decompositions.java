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
