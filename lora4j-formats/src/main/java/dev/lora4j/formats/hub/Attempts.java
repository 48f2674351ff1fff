package dev.lora4j.formats.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;

/**
 * Tries again what failed on the way, with growing pauses.
 *
 * <p>Not when no connection came about at all: then the user should hear of it at once.
 */
record Attempts(int most, Duration pause) {
    /** What may fail. */
    @FunctionalInterface
    interface Request<T> {
        T send() throws IOException;
    }

    <T> T of(String what, Request<T> request) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return request.send();
            } catch (ConnectException e) {
                throw e;
            } catch (IOException e) {
                if (attempt == most) {
                    throw new IOException(what + " failed " + most + " times: " + e.getMessage(), e);
                }
                sleep(pause.multipliedBy(attempt));
            }
        }
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HubException("the download was interrupted", e);
        }
    }
}
