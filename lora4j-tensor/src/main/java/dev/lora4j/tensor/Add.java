package dev.lora4j.tensor;

/** Sum of two branches, such as the residual stream and a block's output. */
public final class Add {
    private Add() {}

    /** Adds: a + b, both of one shape. */
    public static Tensor apply(Tape tape, Tensor a, Tensor b) {
        Tensor y = a.plus(b);
        if (tape.tracks(a) || tape.tracks(b)) {
            tape.record(y, dy -> {
                tape.addShared(a, dy);
                tape.addShared(b, dy);
            });
        }
        return y;
    }
}
