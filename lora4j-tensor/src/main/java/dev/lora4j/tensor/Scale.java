package dev.lora4j.tensor;

/** Product with a constant. */
public final class Scale {
    private Scale() {}

    /** Multiplies: factor · x. */
    public static Tensor apply(Tape tape, Tensor x, double factor) {
        Tensor y = x.times(factor);
        if (tape.tracks(x)) {
            tape.record(y, dy -> tape.add(x, dy.times(factor)));
        }
        return y;
    }
}
