package dev.lora4j.server;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.generation.GenerationBatch;
import dev.lora4j.model.LanguageModel;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that runs the model: it lets sequences in between two steps, and tells each what becomes of it.
 *
 * <p>Rows of different adapters and of the base are in one step. Whatever happens in a step ends at most the sequences
 * that run, never the thread. Safe for any number of threads. Borrows model and tokenizer until closed.
 */
final class Engine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final Duration CHECK = Duration.ofMillis(20);

    private final WaitingLine line;
    private final Room room;
    private final RunningSequences running;
    private final Thread thread = new Thread(this::run, "engine");
    private volatile boolean stopped;
    private volatile boolean idle = true;

    /**
     * Not started yet.
     *
     * @param mergesHot whether an adapter that has all the work is merged meanwhile, of a base in float32
     */
    Engine(LanguageModel model, Tokenizer tokenizer, Limits limits, EngineObserver observer, boolean mergesHot) {
        this.line = new WaitingLine(limits.queued());
        this.room = new Room(limits);
        this.running = new RunningSequences(
                tokenizer,
                room,
                EngineObserver.all(line, Quota.METER, observer),
                () -> batch(model, limits, mergesHot));
    }

    private static GenerationBatch batch(LanguageModel model, Limits limits, boolean mergesHot) {
        GenerationBatch batch = limits.keepsPrefixes()
                ? GenerationBatch.sharing(model, limits.cacheTokens())
                : GenerationBatch.of(model);
        return mergesHot ? batch.mergingHot() : batch;
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Takes all sequences of a request, or none of them.
     *
     * @throws ApiError if the queue is full, or the engine takes no more; nothing is held of the request then
     */
    void submit(List<Work> request) {
        line.enter(request, room.timeForOne(line.size()));
    }

    /** Sequences that wait. */
    int queued() {
        return line.size();
    }

    /** Sequences that run. */
    int running() {
        return room.sequences();
    }

    /** Whether something runs or waits to. */
    boolean isBusy() {
        return !isIdle();
    }

    /** What the caches hold, as of the last round. */
    CacheFigures cache() {
        return running.cache();
    }

    /** True while requests are taken and the thread lives. */
    boolean isReady() {
        return line.isOpen() && thread.isAlive();
    }

    private void run() {
        while (!stopped) {
            try {
                if (running.isEmpty()) {
                    idle = line.size() == 0;
                    line.await();
                }
                idle = false;
                running.round(line);
            } catch (InterruptedException e) {
                LOG.debug("interrupted: the engine stops");
                stopped = true;
            } catch (RuntimeException | Error e) {
                LOG.error("a round of the engine failed", e);
                running.failAll(ApiError.internal("the engine failed: " + e.getMessage()));
            }
        }
        ApiError gone = ApiError.shuttingDown(Duration.ZERO);
        running.failAll(gone);
        line.clear().forEach(work -> {
            work.reply().tell(new Event.Failed(work.choice(), gone));
            work.reply().left();
        });
        running.close();
        idle = true;
    }

    /**
     * Takes no more requests, and gives those it has taken some time to finish.
     *
     * @return whether all have finished
     */
    boolean drain(Duration patience) throws InterruptedException {
        line.close();
        long end = System.nanoTime() + patience.toNanos();
        while (!isIdle() && System.nanoTime() < end) {
            Thread.sleep(CHECK.toMillis());
        }
        return isIdle();
    }

    private boolean isIdle() {
        return idle && line.size() == 0;
    }

    /** Ends what still runs; each of those requests is told so. */
    @Override
    public void close() {
        line.close();
        stopped = true;
        line.wake();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
