package dev.lora4j.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Turns Ctrl-C or SIGTERM into a request to stop, and keeps the process until what was to be saved is saved.
 *
 * <p>Closing it says that this is so. May be closed while the process is ending.
 */
final class StopSignal implements AutoCloseable {
    private final CountDownLatch saved = new CountDownLatch(1);
    private final Thread hook;

    private StopSignal(Runnable stop) {
        this.hook = new Thread(
                () -> {
                    stop.run();
                    awaitSaved();
                },
                "stop-signal");
    }

    static StopSignal install(Runnable stop) {
        StopSignal signal = new StopSignal(stop);
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    private void awaitSaved() {
        try {
            saved.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        saved.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the process is ending, by this hook or another: nothing is left to do
        }
    }
}
