package dev.lora4j.server;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The way from the engine back to the thread that answers a request: its events, and the word to stop.
 *
 * <p>The engine's thread writes and never waits; one other thread reads and may cancel. What the request holds, such as
 * the lease of an adapter, is released when the last of its sequences has left the engine.
 */
final class Reply {
    private final BlockingQueue<Event> events;
    private final AtomicInteger inEngine;
    private final Runnable release;
    private volatile boolean cancelled;

    /**
     * For a request of so many sequences.
     *
     * @param unread events that may wait to be read
     * @param release called once, on the engine's thread or the one that submits
     */
    Reply(int sequences, int unread, Runnable release) {
        this.events = new LinkedBlockingQueue<>(Math.max(unread, 4 * sequences));
        this.inEngine = new AtomicInteger(sequences);
        this.release = release;
    }

    /** Tells an event; false if nobody wants any more. */
    boolean tell(Event event) {
        if (!cancelled && !events.offer(event)) {
            cancelled = true; // the client does not read
        }
        return !cancelled;
    }

    /** The next event, if one comes in time. */
    Optional<Event> next(Duration patience) throws InterruptedException {
        return Optional.ofNullable(events.poll(patience.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** Wants no more: the engine drops the sequences before its next step. */
    void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** One of the sequences has left the engine. */
    void left() {
        if (inEngine.decrementAndGet() == 0) {
            release.run();
        }
    }
}
