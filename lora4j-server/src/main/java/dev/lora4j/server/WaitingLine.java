package dev.lora4j.server;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The sequences that wait to run: bounded, first come first served, closed once the server drains.
 *
 * <p>Guarded by its own lock; requests enter from any thread, one thread takes.
 */
final class WaitingLine {
    private final int limit;
    private final Deque<Work> waiting = new ArrayDeque<>();
    private boolean open = true;
    private boolean woken;

    WaitingLine(int limit) {
        this.limit = limit;
    }

    /**
     * Enters all sequences of a request, or none.
     *
     * @throws ApiError if there is no room, or the line is closed
     */
    synchronized void enter(List<Work> request, Duration retryAfter) {
        if (!open) {
            throw ApiError.shuttingDown(retryAfter);
        }
        waiting.removeIf(work -> work.reply().isCancelled() && leave(work));
        if (waiting.size() + request.size() > limit) {
            throw ApiError.queueFull(retryAfter);
        }
        waiting.addAll(request);
        notifyAll();
    }

    private static boolean leave(Work work) {
        work.reply().left();
        return true;
    }

    /** The first in line, if it fits; those that nobody wants any more are dropped. */
    synchronized Optional<Work> next(Predicate<Work> fits) {
        for (Iterator<Work> each = waiting.iterator(); each.hasNext(); ) {
            Work work = each.next();
            if (work.reply().isCancelled()) {
                each.remove();
                leave(work);
            } else if (fits.test(work)) {
                each.remove();
                return Optional.of(work);
            } else {
                return Optional.empty(); // nobody overtakes: what needs much room would never get it
            }
        }
        return Optional.empty();
    }

    /** Waits until somebody is in line or {@link #wake} is called. */
    synchronized void await() throws InterruptedException {
        while (waiting.isEmpty() && !woken) {
            wait();
        }
        woken = false;
    }

    /** Ends the wait. */
    synchronized void wake() {
        woken = true;
        notifyAll();
    }

    /** Lets nobody in any more. */
    synchronized void close() {
        open = false;
    }

    synchronized boolean isOpen() {
        return open;
    }

    synchronized int size() {
        return waiting.size();
    }

    /** Empties the line. */
    synchronized List<Work> clear() {
        List<Work> all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }
}
