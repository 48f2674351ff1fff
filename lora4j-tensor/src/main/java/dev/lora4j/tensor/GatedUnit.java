package dev.lora4j.tensor;

/**
 * Gated linear unit's middle (SwiGLU and GeGLU, arXiv 2002.05202).
 *
 * <pre>
 * y = f(gate) ∘ up
 * dup = dy ∘ f(gate),  dgate = f′(gate) ∘ (dy ∘ up)
 * </pre>
 */
public final class GatedUnit {
    private GatedUnit() {}

    /**
     * Applies the unit.
     *
     * @param gate [rows, intermediate]
     * @param up [rows, intermediate]
     * @param activation silu or one of the gelus
     * @return y [rows, intermediate]
     */
    public static Tensor apply(Tape tape, Tensor gate, Tensor up, Activation activation) {
        if (activation == Activation.TANH || activation == Activation.RELU) {
            throw new TensorException("gated unit with " + activation + " is not supported; expected silu or gelu");
        }
        try (Scope scope = Scope.open()) {
            Tensor y = new Tensor(activation.forward(gate.at()).mul_(up.at()));
            if (tape.tracks(gate) || tape.tracks(up)) {
                tape.record(
                        y,
                        dy -> {
                            if (tape.tracks(up)) {
                                tape.add(
                                        up,
                                        new Tensor(activation.forward(gate.at()).mul_(dy.at())));
                            }
                            if (tape.tracks(gate)) {
                                tape.add(
                                        gate,
                                        new Tensor(activation.backward(dy.at().mul(up.at()), gate.at())));
                            }
                        },
                        gate,
                        up);
            }
            return scope.give(y);
        }
    }
}
