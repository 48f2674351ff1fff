package dev.lora4j.tensor;

import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.jspecify.annotations.Nullable;

/**
 * libtorch's flash attention for the processor, called by operator name.
 *
 * <p>The Java binding has no method for it: it is reached through the dispatcher with boxed arguments.
 */
final class FlashKernel {
    private static final String NAME = "aten::_scaled_dot_product_flash_attention_for_cpu";

    /** Resolved when the class is first used, for the life of the process. */
    private static final OperatorHandle FORWARD =
            Numbers.forever(Dispatcher.singleton().findSchemaOrThrow(NAME, ""));

    private static final OperatorHandle BACKWARD =
            Numbers.forever(Dispatcher.singleton().findSchemaOrThrow(NAME + "_backward", ""));

    private FlashKernel() {}

    /**
     * @param output [batch, heads, length, headDim]
     * @param logSumExp of the scores, [batch, heads, length]
     */
    record Result(Tensor output, Tensor logSumExp) {}

    record Gradients(Tensor query, Tensor key, Tensor value) {}

    record Masking(boolean causal, @Nullable Tensor mask, double scale) {}

    static Result forward(Tensor q, Tensor k, Tensor v, boolean causal, @Nullable Tensor mask, double scale) {
        IValueVector stack = new IValueVector(
                new IValue(q.at()),
                new IValue(k.at()),
                new IValue(v.at()),
                new IValue(0.0),
                new IValue(causal),
                optional(mask),
                new IValue(scale));
        Dispatcher.singleton().callBoxed(FORWARD, stack);
        return new Result(tensor(stack, 0), tensor(stack, 1));
    }

    static Gradients backward(Tensor dy, Tensor q, Tensor k, Tensor v, Result result, Masking masking) {
        IValueVector stack = new IValueVector(
                new IValue(dy.at()),
                new IValue(q.at()),
                new IValue(k.at().contiguous()),
                new IValue(v.at().contiguous()),
                new IValue(result.output().at()),
                new IValue(result.logSumExp().at()),
                new IValue(0.0),
                new IValue(masking.causal()),
                optional(masking.mask()),
                new IValue(masking.scale()));
        Dispatcher.singleton().callBoxed(BACKWARD, stack);
        return new Gradients(tensor(stack, 0), tensor(stack, 1), tensor(stack, 2));
    }

    private static IValue optional(@Nullable Tensor tensor) {
        return tensor == null ? new IValue() : new IValue(tensor.at());
    }

    /** {@code toTensor} refers into the stack, which is freed with the scope: take a handle of our own. */
    private static Tensor tensor(IValueVector stack, long index) {
        return new Tensor(new org.bytedeco.pytorch.Tensor(stack.get(index).toTensor()));
    }
}
