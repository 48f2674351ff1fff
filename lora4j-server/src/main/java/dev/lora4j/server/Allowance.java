package dev.lora4j.server;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * So many units a minute: a bucket that holds a minute's worth and fills evenly.
 *
 * <p>It may be overdrawn, since nobody knows before how many tokens an answer has; then it gives nothing until the debt
 * is paid. Safe for any number of threads.
 */
final class Allowance {
    private static final double MINUTE = Duration.ofMinutes(1).toNanos();

    private static final double WHOLE = 1 - 1e-6; // what sums of parts make of 1

    private final long perMinute;
    private final LongSupplier clock;
    private double level;
    private long asked;

    /** Full; the clock tells nanoseconds. */
    Allowance(long perMinute, LongSupplier clock) {
        if (perMinute < 1) {
            throw new IllegalArgumentException("an allowance of " + perMinute + " a minute, expected 1 or more");
        }
        this.perMinute = perMinute;
        this.clock = clock;
        this.level = perMinute;
        this.asked = clock.getAsLong();
    }

    private void fill() {
        long now = clock.getAsLong();
        level = Math.min((double) perMinute, level + (now - asked) / MINUTE * perMinute);
        asked = now;
    }

    /** How long until a unit is there; empty if one is. Takes nothing. */
    synchronized Optional<Duration> untilOne() {
        fill();
        return level >= WHOLE ? Optional.empty() : Optional.of(time(1 - level));
    }

    /** Takes them, even if they are not there. */
    synchronized void spend(long units) {
        fill();
        level -= units;
    }

    /** Takes one if it is there; else says how long until it is. */
    synchronized Optional<Duration> takeOne() {
        Optional<Duration> wait = untilOne();
        if (wait.isEmpty()) {
            level--;
        }
        return wait;
    }

    private Duration time(double units) {
        return Duration.ofNanos(Math.round(units / perMinute * MINUTE));
    }

    long perMinute() {
        return perMinute;
    }

    /** Whole units that are there. */
    synchronized long left() {
        fill();
        return (long) Math.max(0, Math.floor(level + 1 - WHOLE));
    }

    /** Until it is as full as it can be. */
    synchronized Duration untilFull() {
        fill();
        return time(perMinute - level);
    }
}
