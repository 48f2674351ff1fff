package dev.lora4j.tensor;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Computes something on a thread of its own that ends with it.
 *
 * <p>OpenMP gives every thread that computes a team of its own, and GNU's lets the members of all teams wait only asleep as
 * soon as there are more of them than processors, which makes each of a step's thousands of small operations wait for one to
 * wake (docs/performance.md, where this is measured). A team ends with its thread: what is done once, such as loading a model, leaves none behind if
 * it is done here.
 */
public final class BriefThread {
    private BriefThread() {}

    /**
     * Runs the work and waits for what it gives.
     *
     * <p>What the work throws is thrown here, and whoever interrupts this thread interrupts the work. Native memory that it
     * leaves must be {@linkplain Scope#keep kept} in a shared scope, since the caller's is not open on that thread.
     */
    public static <T> T call(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(work.get());
                    } catch (RuntimeException | Error e) {
                        result.completeExceptionally(e);
                    }
                },
                Thread.currentThread().getName());
        thread.start();
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                thread.interrupt();
            }
        }
        if (thread.isInterrupted()) { // by a sign that the work did not take, or that came too late for it
            Thread.currentThread().interrupt();
        }
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw (Error) e.getCause();
        }
    }
}
