package dev.lora4j.tensor;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * Owns native memory: a tensor lives until every scope that holds it has closed.
 *
 * <p>{@link #open()} makes the scope in which this thread's following tensors are born; scopes nest and close in reverse
 * order. {@link #shared()} makes a long-lived one (a model, an adapter) that holds only what is {@linkplain #keep kept}
 * in it and may be closed by any thread. A result leaves an open scope by {@link #give}, which hands it to the scope
 * around, or by {@link #keep} of another scope.
 *
 * <pre>{@code
 * try (Scope scope = Scope.open()) {
 *     Tensor h = x.matmul(w);      // born in scope, freed with it
 *     return scope.give(h.tanh()); // survives in the scope around
 * }
 * }</pre>
 */
public final class Scope implements AutoCloseable {
    private final @Nullable PointerScope frame;
    private final @Nullable PointerScope around;
    private final Deque<Pointer> kept = new ArrayDeque<>();

    private Scope(@Nullable PointerScope frame, @Nullable PointerScope around) {
        this.frame = frame;
        this.around = around;
    }

    /** A scope in which this thread's tensors are born from now on. */
    public static Scope open() {
        PointerScope around = PointerScope.getInnerScope();
        return new Scope(new PointerScope(), around);
    }

    /** A long-lived scope that holds only what it is told to keep; guarded by its own lock. */
    public static Scope shared() {
        return new Scope(null, null);
    }

    /** Number of native objects alive in this process; flat when nothing leaks. */
    public static long liveObjects() {
        return Pointer.totalCount();
    }

    /**
     * Holds the tensor in this scope too.
     *
     * @return the same tensor
     */
    public Tensor keep(Tensor tensor) {
        hold(tensor.at());
        return tensor;
    }

    /** Holds something else of libtorch's in this scope too. */
    <P extends Pointer> P hold(P pointer) {
        if (frame != null) {
            frame.attach(pointer);
        } else {
            synchronized (kept) {
                pointer.retainReference();
                kept.push(pointer);
            }
        }
        return pointer;
    }

    /**
     * Hands the tensor to the scope around this one, so that it outlives this one.
     *
     * @return the same tensor
     * @throws TensorException if there is no scope around: the tensor would belong to nobody
     */
    public Tensor give(Tensor tensor) {
        if (around == null) {
            throw new TensorException("no scope around this one to give the tensor to; open one with Scope.open()");
        }
        around.attach(tensor.at());
        return tensor;
    }

    @Override
    public void close() {
        if (frame != null) {
            frame.close();
        }
        synchronized (kept) {
            while (!kept.isEmpty()) {
                kept.pop().releaseReference();
            }
        }
    }
}
