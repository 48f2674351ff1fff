package dev.lora4j.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows how far a long piece of work is: a line that is redrawn on a terminal, a line per interval elsewhere.
 *
 * <p>Guarded by its own lock.
 */
final class ProgressLine implements AutoCloseable {
    private static final Duration REDRAW = Duration.ofMillis(200);
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final String CLEAR = "\r\u001b[K";

    private final Console console;
    private final Unit unit;
    private final LongSupplier clock;
    private long begin;
    private long first;
    private long shown = Long.MIN_VALUE;
    private boolean drawn;

    /** How amounts of work are written. */
    enum Unit {
        BYTES,
        STEPS
    }

    private ProgressLine(Console console, Unit unit, LongSupplier clock) {
        this.console = console;
        this.unit = unit;
        this.clock = clock;
        this.begin = clock.getAsLong();
    }

    static ProgressLine of(Console console, Unit unit) {
        return new ProgressLine(console, unit, System::nanoTime);
    }

    static ProgressLine of(Console console, Unit unit, LongSupplier nanoClock) {
        return new ProgressLine(console, unit, nanoClock);
    }

    /** Begins a piece of work, of which some may be done already. */
    synchronized void begin(long done) {
        begin = clock.getAsLong();
        first = done;
        shown = Long.MIN_VALUE;
    }

    /** Tells how much of the work is done; shows it if it is time to. */
    synchronized void advance(String what, long done, long total, String detail) {
        long now = clock.getAsLong();
        boolean redraws = console.terminals().err();
        long interval = (redraws ? REDRAW : INTERVAL).toNanos();
        if (shown != Long.MIN_VALUE && done < total && now - shown < interval) {
            return;
        }
        shown = now;
        String line = line(what, done, total, now) + (detail.isEmpty() ? "" : "  " + detail);
        if (redraws) {
            console.messagePiece(CLEAR + line);
            drawn = true;
        } else {
            console.message(line);
        }
    }

    private String line(String what, long done, long total, long now) {
        double seconds = (now - begin) / 1e9;
        double rate = seconds > 0 ? (done - first) / seconds : 0;
        StringBuilder line = new StringBuilder(what).append("  ");
        line.append(amount(done)).append(" of ").append(amount(total));
        line.append(String.format(Locale.ROOT, " (%d %%)", total == 0 ? 100 : done * 100 / total));
        if (rate > 0) {
            line.append(
                    unit == Unit.BYTES
                            ? "  " + Amounts.bytes(rate) + "/s"
                            : String.format(Locale.ROOT, "  %.2f/s", rate));
            if (done < total) {
                Duration left = Duration.ofMillis((long) ((total - done) / rate * 1000));
                line.append("  ").append(Amounts.time(left)).append(" left");
            }
        }
        return line.toString();
    }

    private String amount(long value) {
        return unit == Unit.BYTES ? Amounts.bytes((double) value) : Long.toString(value);
    }

    /** Writes a line of its own above the progress. */
    synchronized void message(String text) {
        if (drawn) {
            console.messagePiece(CLEAR);
            drawn = false;
        }
        console.message(text);
        shown = Long.MIN_VALUE;
    }

    /** Ends the line, so that what follows starts on a fresh one. */
    @Override
    public synchronized void close() {
        if (drawn) {
            console.message("");
            drawn = false;
        }
    }
}
