package dev.lora4j.server;

import dev.lora4j.generation.GenerationBatch;
import dev.lora4j.generation.PromptScoring;
import dev.lora4j.generation.SequenceListener;
import dev.lora4j.generation.TokenScores;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A piece of work that has begun: it passes on what the model says and keeps the time. Confined to the engine. */
final class Sequence implements SequenceListener, AutoCloseable {
    private final Work work;
    private final EngineObserver observer;
    private final long began = System.nanoTime();
    private long lastToken;
    private int tokens;
    private int found;
    private @Nullable PromptScoring scoring;

    Sequence(Work work, EngineObserver observer) {
        this.work = work;
        this.observer = observer;
        this.lastToken = work.submitted();
    }

    Work work() {
        return work;
    }

    /** Tokens said so far. */
    int tokens() {
        return tokens;
    }

    /** Since it began to run. */
    double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    void begins() {
        observer.begins(work, Duration.ofNanos(began - work.submitted()));
    }

    /** Tokens of its prompt had been read for others; what it has scored itself does not count. */
    void found(int promptTokens) {
        found = work.scoresPrompt() ? 0 : promptTokens;
        observer.found(work, found);
    }

    /** How many those were. */
    int found() {
        return found;
    }

    /** The scoring of its prompt, begun beside a batch if it was not. */
    PromptScoring scoring(GenerationBatch batch) {
        PromptScoring now = scoring;
        if (now == null) {
            now = batch.scoring(work.prompt(), work.likeliest().orElse(0));
            scoring = now;
        }
        return now;
    }

    boolean tell(Event event) {
        return work.reply().tell(event);
    }

    @Override
    public OptionalInt likeliest() {
        return work.likeliest();
    }

    @Override
    public boolean token(int id, Optional<TokenScores> scores, String text) {
        long now = System.nanoTime();
        observer.token(work, tokens == 0, Duration.ofNanos(now - lastToken));
        lastToken = now;
        tokens++;
        return tell(new Event.Token(work.choice(), id, scores, text));
    }

    @Override
    public void rest(String text) {
        tell(new Event.Rest(work.choice(), text));
    }

    @Override
    public void close() {
        if (scoring != null) {
            scoring.close();
            scoring = null;
        }
    }
}
