package dev.lora4j.tensor;

import java.util.List;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.NumberType;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.OptionalType;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.SingletonTypePtr;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;

/**
 * A matrix M [columns, width] of signed bytes as oneDNN's product reads them, with a factor for each column of x Mᵀ.
 *
 * <p>libtorch's operator for it has no method in the Java binding and is called by name.
 *
 * @param values M in oneDNN's own order
 * @param factors [columns], float32
 * @param zeroPoints [columns], zeros
 */
record PackedBytes(Tensor values, Tensor factors, Tensor zeroPoints) {
    private static final OperatorHandle PACK =
            Numbers.forever(Dispatcher.singleton().findSchemaOrThrow("onednn::qlinear_prepack", ""));
    private static final OperatorHandle PRODUCT =
            Numbers.forever(Dispatcher.singleton().findSchemaOrThrow("onednn::qlinear_pointwise", ""));
    private static final GenericList NO_SCALARS = Numbers.forever(new GenericList(OptionalType.get(new Type.TypePtr(
            new SingletonTypePtr(NumberType.getNumberIntTypePtr().get())))));

    /**
     * Refuses a processor on which sums of products of bytes are cut off, as they are in 16 bits where VNNI is missing.
     *
     * @throws TensorException if so
     */
    static void requireExact() {
        if (!Exactness.HOLDS) {
            throw new TensorException(
                    "compute int8 needs an x86 processor with VNNI, whose sums of products of bytes are"
                            + " exact, and those of this one are not; use compute f32");
        }
    }

    /** Whether the largest products are summed exactly here, tried once. */
    private static final class Exactness {
        private static final int WIDTH = 64;
        private static final int LARGEST = 127;
        private static final boolean HOLDS = torch.hasMKLDNN() && holds();

        private static boolean holds() {
            try (Scope scope = Scope.open()) {
                org.bytedeco.pytorch.Tensor ones =
                        Tensor.repeated(1, WIDTH, WIDTH).copy().at();
                Tensor values = new Tensor(ones.mul(new Scalar(LARGEST)).to(torch.ScalarType.Char));
                PackedBytes packed = of(values.at(), Tensor.repeated(1, WIDTH).at(), scope);
                for (float found : new Tensor(packed.product(ByteRows.of(ones))).toFloats()) {
                    // each row is 127 · (1 / 127), so that the sum is of 64 times 127
                    if (Math.abs(found - WIDTH * LARGEST) > 0.1) {
                        return false;
                    }
                }
                return true;
            }
        }
    }

    /**
     * Packs bytes; what is kept belongs to the owner.
     *
     * @param values int8 [columns, width]
     * @param factors [columns]
     */
    static PackedBytes of(org.bytedeco.pytorch.Tensor values, org.bytedeco.pytorch.Tensor factors, Scope owner) {
        IValueVector stack = new IValueVector(new IValue(values.contiguous()), new IValue());
        Dispatcher.singleton().callBoxed(PACK, stack);
        return new PackedBytes(
                owner.keep(
                        new Tensor(new org.bytedeco.pytorch.Tensor(stack.get(0).toTensor()))),
                owner.keep(new Tensor(factors.contiguous())),
                owner.keep(Tensor.zeros(DType.I32, factors.numel())));
    }

    /** Signed bytes of a matrix whose rows, or as many as the scales say, are divided by them. */
    static org.bytedeco.pytorch.Tensor rounded(org.bytedeco.pytorch.Tensor matrix, org.bytedeco.pytorch.Tensor scales) {
        return matrix.div(scales).round_().to(torch.ScalarType.Char);
    }

    /** x Mᵀ, its columns times their factors: [rows, width] · [columns, width]ᵀ. */
    org.bytedeco.pytorch.Tensor product(ByteRows x) {
        IValueVector stack = new IValueVector(
                new IValue(x.values()),
                new IValue(1.0),
                new IValue((long) ByteRows.ZERO_POINT),
                new IValue(values.at()),
                new IValue(factors.at()),
                new IValue(zeroPoints.at()),
                new IValue(),
                new IValue(1.0),
                new IValue(0L),
                new IValue((long) torch.ScalarType.Float.value),
                new IValue("none"),
                new IValue(NO_SCALARS),
                new IValue(""));
        Dispatcher.singleton().callBoxed(PRODUCT, stack);
        return new org.bytedeco.pytorch.Tensor(stack.get(0).toTensor()).mul_(x.scales());
    }

    /** Bytes that values, factors and zero points take. */
    long bytes() {
        return values.elements() + 2 * factors.elements() * DType.F32.bytes();
    }

    List<Tensor> tensors() {
        return List.of(values, factors, zeroPoints);
    }
}
