package dev.lora4j.tensor;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The library that computes. It loads itself when the first tensor is made; this can be begun before. */
public final class Libtorch {
    private Libtorch() {}

    /**
     * Does something while the library is loaded on another thread, which takes most of a second.
     *
     * @param work that makes no tensor and uses none: Java holds a class that waits for the library while the library looks
     *     for that class, and neither would ever go on
     * @return what the work gives, once the library is there
     */
    public static <T> T loadedDuring(Supplier<T> work) {
        CompletableFuture<Void> loading =
                CompletableFuture.runAsync(DType::values, task -> new Thread(task, "libtorch").start());
        T result;
        try {
            result = work.get();
        } finally {
            loading.handle((done, failure) -> true).join();
        }
        BriefThread.joined(loading);
        return result;
    }
}
