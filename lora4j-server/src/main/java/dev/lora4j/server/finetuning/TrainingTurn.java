package dev.lora4j.server.finetuning;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/**
 * Which job computes, and when: one at a time, and while requests run no more than a share of the time.
 *
 * <p>A turn is a pass of some rows through the model with what follows it. After a turn of t seconds none begins for
 * t · (1 / share − 1) seconds, unless no request runs any more. So the requests of a while have at least the rest of its
 * time to themselves, and what is in memory for a pass is there once, however many jobs there are. Jobs take turns in the
 * order in which they ask. Safe for any number of threads; a turn belongs to the one who took it.
 */
final class TrainingTurn {
    private static final Duration LOOK = Duration.ofMillis(2);

    private final double share;
    private final BooleanSupplier serving;
    private final Semaphore turn = new Semaphore(1, true);
    private long began;
    private long notBefore = System.nanoTime(); // guarded by the turn, as is the field above

    /**
     * Nobody's turn yet.
     *
     * @param serving whether requests run now
     */
    TrainingTurn(double share, BooleanSupplier serving) {
        this.share = share;
        this.serving = serving;
    }

    /**
     * Waits until it is the caller's turn.
     *
     * @param hurried whether to wait for the other jobs only: what is left is to be finished soon
     */
    void take(BooleanSupplier hurried) throws InterruptedException {
        turn.acquire();
        try {
            while (System.nanoTime() - notBefore < 0 && serving.getAsBoolean() && !hurried.getAsBoolean()) {
                Thread.sleep(LOOK.toMillis());
            }
            began = System.nanoTime();
        } catch (InterruptedException | RuntimeException | Error e) {
            turn.release();
            throw e;
        }
    }

    /** Ends the caller's turn. */
    void end() {
        long now = System.nanoTime();
        notBefore = now + (long) ((now - began) * (1 / share - 1));
        turn.release();
    }
}
