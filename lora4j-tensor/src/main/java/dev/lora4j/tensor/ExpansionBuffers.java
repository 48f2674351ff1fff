package dev.lora4j.tensor;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Buffers in which the matrices of a model expand runs of rows: one for each product that is computed at the same time.
 *
 * <p>One that is free is used again. A buffer made for each product leaves holes among the activations that outlive it, and
 * the process grows. Safe for several threads.
 */
final class ExpansionBuffers {
    private final Scope owner;
    private final Deque<Tensor> free = new ConcurrentLinkedDeque<>();

    /** For matrices that live as long as their owner. */
    ExpansionBuffers(Scope owner) {
        this.owner = owner;
    }

    /** What is done with a buffer of float32, [values] or longer. */
    interface Use {
        /** Borrows the buffer. */
        void accept(Tensor buffer);
    }

    /** Lends a buffer of so many values. */
    void use(long values, Use use) {
        if (values > CompressedRows.EXPANDED) { // a single row is longer than what is usually expanded at a time
            try (Scope scope = Scope.open()) {
                use.accept(Tensor.empty(DType.F32, values));
            }
            return;
        }
        Tensor taken = free.poll();
        Tensor buffer = taken == null ? fresh() : taken;
        try {
            use.accept(buffer);
        } finally {
            free.push(buffer);
        }
    }

    private Tensor fresh() {
        try (Scope scope = Scope.open()) {
            return owner.keep(Tensor.empty(DType.F32, CompressedRows.EXPANDED));
        }
    }
}
