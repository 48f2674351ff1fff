package dev.lora4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.InvalidFileException;
import io.javalin.http.Context;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * What a key may use: requests a minute, tokens a minute, and sequences at a time. Each is without bound if none is given.
 *
 * <p>Safe for any number of threads.
 */
final class Quota {
    /** Without bounds. */
    static final Quota NONE = new Quota(Optional.empty(), Optional.empty(), Integer.MAX_VALUE);

    /** Counts the new tokens of every sequence against the quota of its key. */
    static final EngineObserver METER = new EngineObserver() {
        @Override
        public void token(Work work, boolean first, Duration since) {
            work.origin().quota().spend(1);
        }
    };

    private static final String REQUESTS = "requests-per-minute";
    private static final String TOKENS = "tokens-per-minute";
    private static final String SEQUENCES = "sequences";
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Optional<Allowance> requests;
    private final Optional<Allowance> tokens;
    private final int most;
    private final AtomicInteger running = new AtomicInteger();

    /**
     * With these bounds.
     *
     * @param most sequences at a time, those that wait among them
     */
    Quota(Optional<Allowance> requests, Optional<Allowance> tokens, int most) {
        this.requests = requests;
        this.tokens = tokens;
        this.most = most;
    }

    /**
     * From a file of keys, such as {@code {"requests-per-minute": 60, "tokens-per-minute": 20000, "sequences": 4}}.
     *
     * @param where the value stands, for messages
     * @throws InvalidFileException if it is not that
     */
    static Quota read(Path file, String where, JsonNode value, LongSupplier clock) {
        if (value.isMissingNode()) {
            return NONE;
        }
        value.fieldNames().forEachRemaining(name -> {
            if (!Set.of(REQUESTS, TOKENS, SEQUENCES).contains(name)) {
                throw new InvalidFileException(
                        file,
                        where + " has the field " + name + "; expected " + REQUESTS + ", " + TOKENS + " and "
                                + SEQUENCES);
            }
        });
        if (!value.isObject() || value.isEmpty()) {
            throw new InvalidFileException(file, where + ": expected an object such as {\"" + REQUESTS + "\": 60}");
        }
        return new Quota(
                bound(file, where, value, REQUESTS).map(count -> new Allowance(count, clock)),
                bound(file, where, value, TOKENS).map(count -> new Allowance(count, clock)),
                bound(file, where, value, SEQUENCES).map(Math::toIntExact).orElse(Integer.MAX_VALUE));
    }

    private static Optional<Long> bound(Path file, String where, JsonNode value, String name) {
        JsonNode bound = value.path(name);
        if (bound.isMissingNode()) {
            return Optional.empty();
        }
        if (!bound.isIntegralNumber() || !bound.canConvertToInt() || bound.intValue() < 1) {
            throw new InvalidFileException(
                    file, where + "." + name + " is " + bound + ", expected an integer from 1 to " + Integer.MAX_VALUE);
        }
        return Optional.of(bound.longValue());
    }

    /**
     * Counts a request, and tells the client what is left.
     *
     * @throws ApiError 429 if the minute's are used up
     */
    void request(Context context) {
        Optional<Duration> wait = requests.flatMap(Allowance::takeOne);
        tell(context);
        wait.ifPresent(time -> {
            throw used("requests", "requests per min (RPM): limit " + limit(requests), time);
        });
    }

    /**
     * Lets sequences in; each that was let in has to {@link #leave}.
     *
     * @throws ApiError 429 if the minute's tokens are used up, or there would be too many sequences
     */
    void enter(int sequences) {
        tokens.flatMap(Allowance::untilOne).ifPresent(time -> {
            throw used("tokens", "tokens per min (TPM): limit " + limit(tokens), time);
        });
        if (running.addAndGet(sequences) > most) {
            running.addAndGet(-sequences);
            throw used(
                    "sequences",
                    "sequences at a time: limit " + most + ", requested " + sequences,
                    sequences > most ? Duration.ZERO : SOON);
        }
    }

    private static long limit(Optional<Allowance> allowance) {
        return allowance.orElseThrow().perMinute();
    }

    private static ApiError used(String what, String message, Duration wait) {
        long seconds = (wait.toMillis() + 999) / 1000;
        String when = seconds == 0 ? "Ask for fewer." : "Please try again in " + seconds + "s.";
        return ApiError.rateLimited(
                what, "Rate limit reached on " + message + ". " + when, Duration.ofSeconds(seconds));
    }

    void leave(int sequences) {
        running.addAndGet(-sequences);
    }

    /** Counts tokens that were read or said. */
    void spend(long count) {
        tokens.ifPresent(allowance -> allowance.spend(count));
    }

    /** Puts what is left into the headers that OpenAI's API has for it. */
    void tell(Context context) {
        requests.ifPresent(allowance -> tell(context, "requests", allowance));
        tokens.ifPresent(allowance -> tell(context, "tokens", allowance));
    }

    private static void tell(Context context, String what, Allowance allowance) {
        context.header("x-ratelimit-limit-" + what, Long.toString(allowance.perMinute()));
        context.header("x-ratelimit-remaining-" + what, Long.toString(allowance.left()));
        context.header("x-ratelimit-reset-" + what, text(allowance.untilFull()));
    }

    /** As OpenAI's API writes times, such as 6m0s, 1.5s or 20ms. */
    static String text(Duration time) {
        long millis = (time.toNanos() + 999_999) / 1_000_000;
        if (millis < 1000) {
            return millis + "ms";
        }
        long minutes = millis / 60_000;
        double seconds = millis % 60_000 / 1000.0;
        String rest = seconds == Math.rint(seconds) ? Long.toString((long) seconds) : Double.toString(seconds);
        return (minutes > 0 ? minutes + "m" : "") + rest + "s";
    }
}
