package dev.lora4j.server;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.generation.FinishReason;
import dev.lora4j.generation.GenerationBatch;
import dev.lora4j.generation.GenerationBatch.Ended;
import dev.lora4j.generation.PromptScoring;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sequences in the model's hands: those whose prompt is scored, and the batch of those that say new tokens.
 *
 * <p>Confined to the engine's thread. Each sequence reserves room for all its tokens when it
 * enters, so that none can be stopped by another for want of memory.
 */
final class RunningSequences implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningSequences.class);

    private final Tokenizer tokenizer;
    private final Room room;
    private final EngineObserver observer;
    private final Supplier<GenerationBatch> batches;
    private final Map<Integer, Sequence> inBatch = new LinkedHashMap<>();
    private final Deque<Sequence> toScore = new ArrayDeque<>();
    private GenerationBatch batch;
    private volatile CacheFigures cache = CacheFigures.NONE;
    private CacheFigures before = CacheFigures.NONE; // of batches that are gone

    /**
     * None yet.
     *
     * @param batches makes a batch to begin with, and another after one that failed
     */
    RunningSequences(Tokenizer tokenizer, Room room, EngineObserver observer, Supplier<GenerationBatch> batches) {
        this.tokenizer = tokenizer;
        this.room = room;
        this.observer = observer;
        this.batches = batches;
        this.batch = batches.get();
    }

    /** What the caches hold, as of the last round; for any thread. */
    CacheFigures cache() {
        return cache;
    }

    private void look() {
        cache = CacheFigures.of(batch, before);
    }

    boolean isEmpty() {
        return inBatch.isEmpty() && toScore.isEmpty();
    }

    /** Drops who is not wanted, lets in who fits, and takes a step. */
    void round(WaitingLine line) {
        try {
            advance(line);
        } finally {
            look();
        }
    }

    private void advance(WaitingLine line) {
        dropCancelled();
        Optional<Work> next = line.next(room::fits);
        while (next.isPresent()) {
            admit(new Sequence(next.get(), observer));
            next = line.next(room::fits);
        }
        if (isEmpty()) {
            return;
        }
        int sequences = room.sequences();
        long began = System.nanoTime();
        scorePiece();
        step();
        observer.step(Duration.ofNanos(System.nanoTime() - began), sequences);
    }

    private void admit(Sequence sequence) {
        room.enters(sequence.work());
        sequence.begins();
        if (sequence.work().scoresPrompt()) {
            toScore.add(sequence);
        } else {
            generate(sequence);
        }
    }

    private void generate(Sequence sequence) {
        Work work = sequence.work();
        if (work.settings().isEmpty()) {
            sequence.tell(new Event.Ended(work.choice(), FinishReason.LENGTH, 0, 0));
            leaves(sequence, 0, "length");
            return;
        }
        try {
            int number = batch.add(work.prompt(), work.settings().get(), tokenizer, sequence);
            inBatch.put(number, sequence);
            sequence.found(batch.found(number));
        } catch (Lora4jException e) {
            fail(sequence, ApiError.invalid(String.valueOf(e.getMessage())));
        } catch (RuntimeException | Error e) {
            LOG.error("a sequence could not begin", e); // such as for want of memory
            fail(sequence, ApiError.internal("the sequence could not begin: " + e.getMessage()));
        }
    }

    private void dropCancelled() {
        for (int number : List.copyOf(inBatch.keySet())) {
            Sequence sequence = inBatch.get(number);
            if (sequence != null && sequence.work().reply().isCancelled()) {
                batch.remove(number);
                inBatch.remove(number);
                leaves(sequence, sequence.tokens(), "cancelled");
            }
        }
        for (Sequence sequence : List.copyOf(toScore)) {
            if (sequence.work().reply().isCancelled()) {
                toScore.remove(sequence);
                leaves(sequence, 0, "cancelled");
            }
        }
    }

    /** Reads one piece of the prompt that is first in line to be scored. */
    private void scorePiece() {
        Sequence sequence = toScore.peek();
        if (sequence == null) {
            return;
        }
        Work work = sequence.work();
        try {
            PromptScoring scoring = sequence.scoring(batch);
            if (scoring.step()) {
                sequence.tell(new Event.PromptScored(work.choice(), scoring.scores()));
                toScore.remove();
                sequence.close();
                generate(sequence);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("scoring a prompt failed", e);
            toScore.remove(sequence);
            fail(sequence, ApiError.internal(String.valueOf(e.getMessage())));
        }
    }

    private void step() {
        List<Ended> ended;
        try {
            ended = batch.step();
        } catch (RuntimeException | Error e) {
            LOG.error("a step failed; its sequences end, the engine goes on", e);
            abandonBatch(ApiError.internal("a step of the model failed: " + e.getMessage()));
            return;
        }
        for (Ended each : ended) {
            Sequence sequence = inBatch.remove(each.number());
            if (sequence == null) {
                continue;
            }
            FinishReason reason = each.generation().finishReason();
            int tokens = each.generation().tokens().length;
            each.generation()
                    .failure()
                    .ifPresentOrElse(
                            failure -> sequence.tell(new Event.Failed(
                                    sequence.work().choice(), ApiError.internal(String.valueOf(failure.getMessage())))),
                            () -> sequence.tell(
                                    new Event.Ended(sequence.work().choice(), reason, tokens, sequence.found())));
            leaves(sequence, tokens, reason.name().toLowerCase(Locale.ROOT));
        }
    }

    private void abandonBatch(ApiError error) {
        List<Sequence> lost = new ArrayList<>(inBatch.values());
        inBatch.clear();
        toScore.forEach(Sequence::close); // they begin again in the new pages
        before = CacheFigures.of(batch, before);
        batch.close();
        batch = batches.get();
        lost.forEach(sequence -> fail(sequence, error));
    }

    private void fail(Sequence sequence, ApiError error) {
        sequence.tell(new Event.Failed(sequence.work().choice(), error));
        leaves(sequence, sequence.tokens(), "failed");
    }

    private void leaves(Sequence sequence, int newTokens, String reason) {
        sequence.close();
        room.leaves(sequence.work(), sequence.seconds());
        sequence.work().reply().left();
        observer.ends(sequence.work(), newTokens, reason);
    }

    /** Ends every sequence with an error. */
    void failAll(ApiError error) {
        List<Sequence> scoring = new ArrayList<>(toScore);
        toScore.clear();
        scoring.forEach(sequence -> fail(sequence, error));
        abandonBatch(error);
        look();
    }

    @Override
    public void close() {
        batch.close();
    }
}
