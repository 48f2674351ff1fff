package dev.lora4j.tensor;

import java.util.Optional;

/** Dropout: values set to zero with probability p, the others divided by 1 − p. */
public final class Dropout {
    private Dropout() {}

    /** Drops values of x by the stream's mask; with an empty stream returns x itself. */
    public static Tensor apply(Tape tape, Tensor x, Optional<DropoutStream> stream) {
        if (stream.isEmpty() || stream.get().probability() == 0) {
            return x;
        }
        try (Scope scope = Scope.open()) {
            Tensor mask = stream.get().mask(x);
            Tensor y = x.times(mask);
            if (tape.tracks(x)) {
                tape.record(y, dy -> tape.add(x, dy.times(mask)), mask);
            }
            return scope.give(y);
        }
    }
}
