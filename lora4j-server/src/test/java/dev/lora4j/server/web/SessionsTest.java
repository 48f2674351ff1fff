package dev.lora4j.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How long one stays signed in. */
class SessionsTest {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private final Sessions sessions = new Sessions(new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    });

    @Test
    void aSessionLastsWhileItIsUsedAndEndsWhenItIsQuiet() {
        String id = sessions.open("key");
        for (int i = 0; i < 5; i++) {
            now = now.plus(Duration.ofHours(7));
            assertThat(sessions.key(id)).hasValue("key");
        }
        now = now.plus(Duration.ofHours(8)).plusSeconds(1);
        assertThat(sessions.key(id)).isEmpty();
        assertThat(sessions.key(id)).isEmpty();
    }

    @Test
    void namesAreLongAndNeverTwiceTheSame() {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            String name = sessions.open("key");
            assertThat(name).hasSize(43).matches("[A-Za-z0-9_-]+"); // 256 bits
            names.add(name);
        }
        assertThat(names).hasSize(500);
    }

    @Test
    void oneTooManySignsOutTheQuietest() {
        String first = sessions.open("first");
        String second = sessions.open("second");
        for (int i = 2; i < Sessions.MAX; i++) {
            sessions.open("key");
        }
        assertThat(sessions.key(first)).hasValue("first"); // so the second is the quietest
        sessions.open("one more");
        assertThat(sessions.key(first)).hasValue("first");
        assertThat(sessions.key(second)).isEmpty();
    }

    @Test
    void aClosedSessionIsOver() {
        String id = sessions.open("key");
        sessions.close(id);
        assertThat(sessions.key(id)).isEmpty();
    }
}
