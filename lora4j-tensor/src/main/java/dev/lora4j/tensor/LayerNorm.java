package dev.lora4j.tensor;

import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Layer normalisation (arXiv 1607.06450; {@code torch.nn.LayerNorm}) by libtorch's own kernels.
 *
 * <pre>y = w ∘ (x − mean(x)) / √(var(x) + ε) + b    over the last dimension</pre>
 */
public final class LayerNorm {
    private LayerNorm() {}

    /**
     * Applies the norm.
     *
     * @param x [rows, hidden]
     * @param weight [hidden]
     * @param bias [hidden]
     * @return y [rows, hidden]
     */
    public static Tensor apply(Tape tape, Tensor x, Tensor weight, Tensor bias, double epsilon) {
        try (Scope scope = Scope.open()) {
            T_TensorTensorTensor_T results = torch.native_layer_norm(
                    x.at(),
                    new long[] {x.size(-1)},
                    new TensorOptional(weight.at()),
                    new TensorOptional(bias.at()),
                    epsilon);
            Tensor y = new Tensor(new org.bytedeco.pytorch.Tensor(results.get0()));
            Tensor mean = new Tensor(new org.bytedeco.pytorch.Tensor(results.get1()));
            Tensor inverse = new Tensor(new org.bytedeco.pytorch.Tensor(results.get2()));
            if (tape.tracks(x) || tape.tracks(weight) || tape.tracks(bias)) {
                Statistics statistics = new Statistics(mean, inverse);
                tape.record(y, dy -> backward(tape, dy, x, weight, bias, statistics), x, weight, bias, mean, inverse);
            }
            return scope.give(y);
        }
    }

    private record Statistics(Tensor mean, Tensor inverse) {}

    private static void backward(Tape tape, Tensor dy, Tensor x, Tensor weight, Tensor bias, Statistics statistics) {
        BoolPointer wanted = new BoolPointer(3);
        wanted.put(0, tape.tracks(x)).put(1, tape.tracks(weight)).put(2, tape.tracks(bias));
        T_TensorTensorTensor_T gradients = torch.native_layer_norm_backward(
                dy.contiguous().at(),
                x.at(),
                new long[] {x.size(-1)},
                statistics.mean().at(),
                statistics.inverse().at(),
                new TensorOptional(weight.at()),
                new TensorOptional(bias.at()),
                wanted);
        if (tape.tracks(x)) {
            tape.add(x, new Tensor(new org.bytedeco.pytorch.Tensor(gradients.get0())));
        }
        if (tape.tracks(weight)) {
            tape.add(weight, new Tensor(new org.bytedeco.pytorch.Tensor(gradients.get1())));
        }
        if (tape.tracks(bias)) {
            tape.add(bias, new Tensor(new org.bytedeco.pytorch.Tensor(gradients.get2())));
        }
    }
}
