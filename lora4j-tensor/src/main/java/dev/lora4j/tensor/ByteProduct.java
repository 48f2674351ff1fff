package dev.lora4j.tensor;

import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;

/**
 * A matrix diag(s) Q of signed bytes as FBGEMM multiplies it: with the {@link Digits} of what comes in.
 *
 * <pre>y[r, o] = unit[r] · (s[o] Σ_k high[r, k] Q[o, k] + s[o] Σ_k low[r, k] Q[o, k] / 128)</pre>
 *
 * <p>The sums over k are exact in int32. FBGEMM adds two products at a time in 16 bits, which holds 2 · 128 · 127 but not
 * twice 255 · 127: hence digits of 64 at most, kept as bytes from 0 to 128. libtorch's operators have no method in the
 * Java binding and are called by name. What a row gives depends on that row alone, not on how many there are.
 */
final class ByteProduct {
    private final IValue packed;
    private final Digits digits;

    private ByteProduct(IValue packed, Digits digits) {
        this.packed = packed;
        this.digits = digits;
    }

    /** The operators, resolved when the first matrix is packed. */
    private static final class Operators {
        private static final OperatorHandle QUANTISED = named("aten::_make_per_channel_quantized_tensor");
        private static final OperatorHandle PACK = named("quantized::linear_prepack");
        private static final OperatorHandle PRODUCT = named("quantized::linear_with_input_q_dq_qweight_dq_output_fp32");
        private static final IValue NO_BIAS = Numbers.forever(new IValue());
        private static final IValue UNIT = Numbers.forever(new IValue(1.0));
        private static final IValue ZERO_POINT = Numbers.forever(new IValue((long) Digits.LARGEST));

        private static OperatorHandle named(String name) {
            return Numbers.forever(Dispatcher.singleton().findSchemaOrThrow(name, ""));
        }
    }

    /** Whether the largest products are summed exactly here, tried once. */
    private static final class Exactness {
        private static final int WIDTH = 256;
        private static final float LARGEST = 127;
        private static final boolean HOLDS = holds();

        private static boolean holds() {
            try (Scope scope = Scope.open()) {
                Tensor values = Tensor.repeated(LARGEST, WIDTH, WIDTH).to(DType.I8);
                ByteProduct product = of(values, Tensor.repeated(1, WIDTH), new Digits(), scope);
                for (float sum :
                        product.of(Tensor.repeated(Digits.LARGEST, 2, WIDTH)).toFloats()) {
                    if (sum != Digits.LARGEST * LARGEST * WIDTH) {
                        return false;
                    }
                }
                return true;
            } catch (RuntimeException e) {
                return false; // libtorch throws one where it was built without FBGEMM
            }
        }
    }

    /** True if a matrix of this width can be multiplied so on this processor. */
    static boolean suits(long width) {
        return width <= Digits.WIDEST && Exactness.HOLDS;
    }

    /**
     * Packs a matrix.
     *
     * @param values Q [out, in], int8
     * @param scales s [out]
     * @param digits arrays in which what comes in is written
     * @param owner of the packed copy
     */
    static ByteProduct of(Tensor values, Tensor scales, Digits digits, Scope owner) {
        try (Scope scope = Scope.open()) {
            IValueVector stack = new IValueVector(
                    new IValue(values.at()),
                    new IValue(scales.at()),
                    new IValue(Tensor.zeros(DType.I64, scales.elements()).at()),
                    new IValue(0L));
            Dispatcher.singleton().callBoxed(Operators.QUANTISED, stack);
            stack = new IValueVector(stack.get(0), Operators.NO_BIAS);
            Dispatcher.singleton().callBoxed(Operators.PACK, stack);
            return new ByteProduct(owner.hold(new IValue(stack.get(0))), digits);
        }
    }

    /**
     * x Wᵀ.
     *
     * @param x [rows, in]
     * @return [rows, out], of the calling thread's scope
     */
    Tensor of(Tensor x) {
        try (Scope scope = Scope.open()) {
            Tensor written = Tensor.empty(DType.F32, 2 * x.size(0), x.size(1));
            float[] units = digits.write(x.contiguous(), written);
            IValueVector stack =
                    new IValueVector(new IValue(written.at()), Operators.UNIT, Operators.ZERO_POINT, packed);
            Dispatcher.singleton().callBoxed(Operators.PRODUCT, stack);
            Tensor products =
                    new Tensor(new org.bytedeco.pytorch.Tensor(stack.get(0).toTensor()));
            return scope.give(digits.sum(products, units));
        }
    }
}
