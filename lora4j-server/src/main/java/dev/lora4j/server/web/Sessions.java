package dev.lora4j.server.web;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who has signed in: a random name for each browser, and the key that it showed.
 *
 * <p>The key is looked up anew with each request, so a key that is taken away is out at once. Nothing is written to disk:
 * a restart signs everybody out. Guarded by itself.
 */
final class Sessions {
    /** Browsers that are signed in at a time; one more signs out the one that was quiet longest. */
    static final int MAX = 1_000;
    /** Time without a request after which a browser must sign in again. */
    static final Duration IDLE = Duration.ofHours(8);

    private static final int ID_BYTES = 32;

    private final SecureRandom random = new SecureRandom();
    private final Clock clock;
    private final Map<String, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);

    private record Session(String key, Instant seen) {}

    Sessions(Clock clock) {
        this.clock = clock;
    }

    /** The name of a new session. */
    synchronized String open(String key) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        String name = Base64.getUrlEncoder().withoutPadding().encodeToString(id);
        sessions.put(name, new Session(key, clock.instant()));
        if (sessions.size() > MAX) {
            sessions.remove(sessions.keySet().iterator().next());
        }
        return name;
    }

    /** The key of a session that goes on. */
    synchronized Optional<String> key(String name) {
        Session session = sessions.get(name);
        Instant now = clock.instant();
        if (session == null || session.seen().plus(IDLE).isBefore(now)) {
            sessions.remove(name);
            return Optional.empty();
        }
        sessions.put(name, new Session(session.key(), now));
        return Optional.of(session.key());
    }

    synchronized void close(String name) {
        sessions.remove(name);
    }
}
