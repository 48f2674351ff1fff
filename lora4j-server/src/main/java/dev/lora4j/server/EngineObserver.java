package dev.lora4j.server;

import java.time.Duration;
import java.util.List;

/** Hears what the engine does, on the engine's thread; must be quick. */
interface EngineObserver {
    /** Hears nothing. */
    EngineObserver NONE = new EngineObserver() {};

    /** Tells several of them, one after the other. */
    static EngineObserver all(EngineObserver... observers) {
        List<EngineObserver> each = List.of(observers);
        return new EngineObserver() {
            @Override
            public void begins(Work work, Duration queued) {
                each.forEach(one -> one.begins(work, queued));
            }

            @Override
            public void found(Work work, int tokens) {
                each.forEach(one -> one.found(work, tokens));
            }

            @Override
            public void token(Work work, boolean first, Duration since) {
                each.forEach(one -> one.token(work, first, since));
            }

            @Override
            public void ends(Work work, int newTokens, String reason) {
                each.forEach(one -> one.ends(work, newTokens, reason));
            }

            @Override
            public void step(Duration took, int sequences) {
                each.forEach(one -> one.step(took, sequences));
            }
        };
    }

    /** A sequence begins to run after some time in the queue. */
    default void begins(Work work, Duration queued) {}

    /** Tokens of a sequence's prompt had been read before it. */
    default void found(Work work, int tokens) {}

    /** A sequence has a token; the time is since its request was taken for the first, else since the one before. */
    default void token(Work work, boolean first, Duration since) {}

    /** A sequence has left the engine. */
    default void ends(Work work, int newTokens, String reason) {}

    /** A step is done. */
    default void step(Duration took, int sequences) {}
}
