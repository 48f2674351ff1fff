package dev.lora4j.server;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many sequences run, how many tokens their caches have been promised, and when there may be room for more.
 *
 * <p>The engine's thread enters and leaves; the number and the time may be read by any thread.
 */
final class Room {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    /** Weight of the newest sequence in the mean time of one. */
    private static final double NEWEST = 0.1;

    private final Limits limits;
    private final AtomicInteger sequences = new AtomicInteger();
    private int tokens;
    private volatile double secondsEach = 1;

    Room(Limits limits) {
        this.limits = limits;
    }

    int sequences() {
        return sequences.get();
    }

    /** True if all the tokens of a sequence have room; the first always has. */
    boolean fits(Work work) {
        return sequences.get() == 0
                || (sequences.get() < limits.running() && tokens + work.cacheTokens() <= limits.cacheTokens());
    }

    void enters(Work work) {
        sequences.incrementAndGet();
        tokens += work.cacheTokens();
    }

    /**
     * Takes its room back.
     *
     * @param seconds that it ran
     */
    void leaves(Work work, double seconds) {
        sequences.decrementAndGet();
        tokens -= work.cacheTokens();
        secondsEach = (1 - NEWEST) * secondsEach + NEWEST * seconds;
    }

    /** When there may be room again if so many wait: from 1 second to a minute. */
    Duration timeForOne(int waiting) {
        double seconds = secondsEach * (waiting + 1) / limits.running();
        return Duration.ofSeconds((long) Math.ceil(Math.max(1, Math.min((double) LONGEST_WAIT.toSeconds(), seconds))));
    }
}
