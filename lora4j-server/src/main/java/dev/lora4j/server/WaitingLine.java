package dev.lora4j.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The sequences that wait to run: bounded, shared out fairly among keys and models, closed once the server drains.
 *
 * <p>The next is of the key that has been served least, and of that key's model that has been served least; among those
 * first come first served. A token of a prompt that is read costs {@link #READ}, a new one
 * {@link #SAID}. If the line is full, a request
 * takes the place of the newest one of whoever has more in it.
 *
 * <p>Guarded by its own lock; requests enter from any thread, one thread takes and tells what is served.
 */
final class WaitingLine implements EngineObserver {
    /** Cost of a token of a prompt. */
    static final int READ = 1;
    /** Cost of a new token, which takes a step of its own. */
    static final int SAID = 2;

    private final int limit;
    private final FairLine waiting = new FairLine();
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
    void enter(List<Work> request, Duration retryAfter) {
        List<Work> displaced = new ArrayList<>();
        synchronized (this) {
            if (!open) {
                throw ApiError.shuttingDown(retryAfter);
            }
            dropCancelled();
            int missing = waiting.size() + request.size() - limit;
            if (missing > 0) {
                displaced.addAll(
                        waiting.displaceable(request, missing).orElseThrow(() -> ApiError.queueFull(retryAfter)));
                displaced.forEach(waiting::remove);
            }
            request.forEach(waiting::add);
            notifyAll();
        }
        for (Work work : displaced) {
            work.reply().tell(new Event.Failed(work.choice(), ApiError.queueFull(retryAfter)));
            work.reply().left();
        }
    }

    private void dropCancelled() {
        for (Work work : waiting.all()) {
            if (work.reply().isCancelled()) {
                waiting.remove(work);
                work.reply().left();
            }
        }
    }

    /** The one whose turn it is, if it fits; those that nobody wants any more are dropped. */
    synchronized Optional<Work> next(Predicate<Work> fits) {
        dropCancelled();
        // nobody overtakes whose turn it is: what needs much room would never get it
        Optional<Work> next = waiting.next().filter(fits);
        next.ifPresent(waiting::remove);
        return next;
    }

    @Override
    public synchronized void begins(Work work, Duration queued) {
        if (work.scoresPrompt()) { // which reads all of it
            waiting.serve(work, (long) READ * work.prompt().length());
        }
    }

    @Override
    public synchronized void found(Work work, int tokens) {
        if (!work.scoresPrompt()) {
            waiting.serve(work, (long) READ * (work.prompt().length() - tokens));
        }
    }

    @Override
    public synchronized void token(Work work, boolean first, Duration since) {
        waiting.serve(work, SAID);
    }

    /** Waits until somebody is in line or {@link #wake} is called. */
    synchronized void await() throws InterruptedException {
        while (waiting.size() == 0 && !woken) {
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
        List<Work> all = waiting.all();
        all.forEach(waiting::remove);
        return all;
    }
}
