package dev.lora4j.tensor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A frozen matrix W [out, in] by what is computed with it, however its values are kept in memory.
 *
 * <p>Immutable and safe for several threads as long as the scope of its {@linkplain #tensors tensors} is open.
 */
public sealed interface FrozenMatrix
        permits DenseMatrix, PackedMatrix, CompressedMatrix, Int8WeightMatrix, Int8Matrix, Int8ProductMatrix {
    /** The values as they are; borrows. */
    static FrozenMatrix of(Tensor values) {
        return new DenseMatrix(values);
    }

    /**
     * Rounded to signed bytes, with activations and gradients rounded likewise for each product; float32 in and out.
     *
     * @param values [out, in]
     * @param owner of what is kept
     * @throws TensorException if the processor has no exact product of bytes
     */
    static FrozenMatrix int8(Tensor values, Scope owner) {
        return Int8Matrix.of(values, owner);
    }

    /**
     * The same with its product x Wᵀ alone computed in bytes, as {@link #int8} does; all else as this matrix has it.
     *
     * @param owner of the bytes
     * @throws TensorException if the processor has no exact product of bytes
     */
    default FrozenMatrix withInt8Product(Scope owner) {
        return new Int8ProductMatrix(RotatedBytes.of(dense(), owner), this);
    }

    /** True if products of few rows gain by {@link #packed} here. */
    static boolean packs() {
        return OneDnn.isUsed();
    }

    /**
     * The values in the order in which products of few rows are fastest; float32, in no more memory.
     *
     * @param values float32 [out, in], on the processor
     * @param owner of the packed copy
     */
    static FrozenMatrix packed(Tensor values, Scope owner) {
        return PackedMatrix.of(values, owner);
    }

    /**
     * The same values in the layout in which products are fastest here; a copy where that is another.
     *
     * <p>oneDNN is slow where it sums over the longer side of a matrix whose rows lie in memory one after another, as
     * x Wᵀ does with a down projection; columns one after another are fast in both directions (docs/performance.md).
     *
     * @param values [out, in]
     * @return [out, in], of the calling thread's scope
     */
    static Tensor laidOut(Tensor values) {
        return OneDnn.isUsed() && values.size(1) > values.size(0)
                ? values.transpose(0, 1).contiguous().transpose(0, 1)
                : values;
    }

    /** Width of the output. */
    long outFeatures();

    /** Width of the input. */
    long inFeatures();

    /**
     * x Wᵀ + b.
     *
     * @param x [rows, in]
     * @param bias [out], or null for none
     * @return [rows, out], of the calling thread's scope
     */
    Tensor product(Tensor x, @Nullable Tensor bias);

    /**
     * x Wᵀ + b, where speed counts more than the last digits: a matrix that was rounded itself may round x, far less.
     *
     * @return as {@link #product}
     */
    default Tensor quickProduct(Tensor x, @Nullable Tensor bias) {
        return product(x, bias);
    }

    /**
     * dy W, the gradient of x.
     *
     * @param dy [rows, out]
     * @return [rows, in], of the calling thread's scope
     */
    Tensor gradient(Tensor dy);

    /**
     * dx += dy W.
     *
     * @param dx [rows, in], changed in place
     * @param dy [rows, out]
     */
    void addGradient(Tensor dx, Tensor dy);

    /**
     * Rows of W by number.
     *
     * @param ids int64 [n], each in [0, out)
     * @return [n, in], of the calling thread's scope
     */
    Tensor selectRows(Tensor ids);

    /**
     * Some rows of W as a matrix of their own, without copying.
     *
     * @param owner of what is new about it
     * @throws TensorException if the values are kept in an order in which this cannot be
     */
    default FrozenMatrix outputs(long start, long end, Scope owner) {
        throw new TensorException(
                "outputs " + start + " to " + end + " of a matrix in this format cannot be seen alone");
    }

    /**
     * Other values as a matrix whose products are as fast as this one's.
     *
     * @param values [out, in]
     * @param owner of what is kept
     */
    default FrozenMatrix like(Tensor values, Scope owner) {
        return new DenseMatrix(owner.keep(values));
    }

    /** W itself [out, in]: the tensor that is kept, or where it is compressed a new one of the thread's scope. */
    Tensor dense();

    /** Bytes that the values take. */
    long bytes();

    /** What is kept in memory and must live as long as this is used. */
    List<Tensor> tensors();

    /** Where the values lie. */
    Device device();

    /** The tensor by which a tape tells whether W itself is trained; null where it cannot be. */
    default @Nullable Tensor trainable() {
        return null;
    }
}
