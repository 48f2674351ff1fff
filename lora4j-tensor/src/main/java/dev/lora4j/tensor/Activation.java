package dev.lora4j.tensor;

import org.bytedeco.pytorch.global.torch;

/** Element-wise activation functions, under transformers' names for them. */
public enum Activation {
    /** x · σ(x), also called swish. */
    SILU,
    /** x · Φ(x), exactly. */
    GELU,
    /** x · Φ(x), by the tanh approximation. */
    GELU_TANH,
    /** max(0, x). */
    RELU,
    /** Hyperbolic tangent. */
    TANH;

    /**
     * Finds the function by its name in a Hugging Face configuration.
     *
     * @throws TensorException if there is no such function here
     */
    public static Activation named(String name) {
        return switch (name) {
            case "silu", "swish" -> SILU;
            case "gelu" -> GELU;
            case "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_accurate" -> GELU_TANH;
            case "relu" -> RELU;
            case "tanh" -> TANH;
            default ->
                throw new TensorException("activation \"" + name
                        + "\" is not supported; expected silu, gelu, gelu_new, gelu_pytorch_tanh, relu or tanh");
        };
    }

    /** Applies the function: y, same shape as x. */
    public Tensor apply(Tape tape, Tensor x) {
        try (Scope scope = Scope.open()) {
            Tensor y = new Tensor(forward(x.at()));
            if (tape.tracks(x)) {
                if (this == TANH || this == RELU) {
                    tape.record(y, dy -> tape.add(x, new Tensor(backward(dy.at(), y.at()))), y);
                } else {
                    tape.record(y, dy -> tape.add(x, new Tensor(backward(dy.at(), x.at()))), x);
                }
            }
            return scope.give(y);
        }
    }

    org.bytedeco.pytorch.Tensor forward(org.bytedeco.pytorch.Tensor x) {
        return switch (this) {
            case SILU -> torch.silu(x);
            case GELU -> torch.gelu(x, "none");
            case GELU_TANH -> torch.gelu(x, "tanh");
            case RELU -> torch.relu(x);
            case TANH -> x.tanh();
        };
    }

    /** @param kept x, but y for tanh and relu */
    org.bytedeco.pytorch.Tensor backward(org.bytedeco.pytorch.Tensor dy, org.bytedeco.pytorch.Tensor kept) {
        return switch (this) {
            case SILU -> torch.silu_backward(dy, kept);
            case GELU -> torch.gelu_backward(dy, kept, "none");
            case GELU_TANH -> torch.gelu_backward(dy, kept, "tanh");
            case RELU -> torch.threshold_backward(dy, kept, Numbers.ZERO);
            case TANH -> torch.tanh_backward(dy, kept);
        };
    }
}
