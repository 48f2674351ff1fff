package dev.lora4j.server;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Reads a reply to its end, and cancels it as soon as the client has gone. */
final class ReplyReader {
    /** How often a client that waits is looked after. */
    static final Duration LOOK = Duration.ofMillis(100);

    private final Reply reply;
    private final int sequences;
    private final ClientConnection client;

    ReplyReader(Reply reply, int sequences, ClientConnection client) {
        this.reply = reply;
        this.sequences = sequences;
        this.client = client;
    }

    /** Takes an event and may write it to the client. */
    @FunctionalInterface
    interface Taker {
        void take(Event event) throws IOException;
    }

    /**
     * Passes on all events but failures.
     *
     * @throws ApiError if one of the sequences failed
     * @throws ClientGoneException if the client has gone, or reads too slowly
     */
    void read(Taker taker) {
        boolean complete = false;
        try {
            int ended = 0;
            while (ended < sequences) {
                Event event = next();
                if (event instanceof Event.Failed failed) {
                    throw failed.error();
                }
                taker.take(event);
                if (event instanceof Event.Ended) {
                    ended++;
                }
            }
            complete = true;
        } catch (IOException e) {
            throw new ClientGoneException("writing to it failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiError.shuttingDown(Duration.ZERO);
        } finally {
            if (!complete) {
                reply.cancel();
            }
        }
    }

    private Event next() throws InterruptedException {
        while (true) {
            if (client.isGone()) {
                throw new ClientGoneException("it closed the connection", null);
            }
            Optional<Event> event = reply.next(LOOK);
            if (event.isPresent()) {
                return event.get();
            }
            if (reply.isCancelled()) {
                throw new ClientGoneException("it did not read for too long", null);
            }
        }
    }
}
