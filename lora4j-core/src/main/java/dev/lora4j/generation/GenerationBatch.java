package dev.lora4j.generation;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.lora.Adapter;
import dev.lora4j.model.KvPages;
import dev.lora4j.model.LanguageModel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sequences that advance together, one token each per step, each with its own adapter and settings.
 *
 * <p>Sequences may join between steps and leave when they end. Prompts are read in the steps as well, a limited number
 * of tokens at a time, so that a long prompt does not hold up the others for long. Confined to one thread at a time.
 * Holds native memory until closed; after an exception from {@link #step} it can only be closed.
 */
public final class GenerationBatch implements AutoCloseable {
    /** Most tokens that one step runs through the model. */
    static final int STEP_TOKENS = 2048;

    private final LanguageModel model;
    private final KvPages pages;
    private final List<ActiveSequence> active = new ArrayList<>();
    private int added;

    private GenerationBatch(LanguageModel model) {
        this.model = model;
        this.pages = model.newPages();
    }

    /** A batch of no sequences yet; borrows the model. */
    public static GenerationBatch of(LanguageModel model) {
        return new GenerationBatch(model);
    }

    /** A sequence that ended. */
    public record Ended(int number, Generation generation) {}

    /**
     * Adds a sequence; nothing runs before the next step.
     *
     * @return its number: 0 for the first, and so on
     * @throws GenerationException if the model has no room for the prompt and the new tokens
     */
    public int add(Prompt prompt, GenerationSettings settings, TokenListener listener) {
        if (!settings.stopStrings().isEmpty()) {
            throw new GenerationException("stop strings need a tokenizer to find them by; use a TextGenerator");
        }
        return add(prompt, settings, Constraint.none(settings), TokenSink.of(listener));
    }

    /**
     * Adds a sequence whose text is told; it ends at the tokenizer's stop tokens too.
     *
     * @return its number: 0 for the first, and so on
     * @throws GenerationException if the model has no room for the prompt and the new tokens
     */
    public int add(Prompt prompt, GenerationSettings settings, Tokenizer tokenizer, TextListener listener) {
        return add(prompt, settings, tokenizer, SequenceListener.of(listener));
    }

    /**
     * Adds a sequence of which all is told; it ends at the tokenizer's stop tokens too.
     *
     * @return its number: 0 for the first, and so on
     * @throws GenerationException if the model has no room for the prompt and the new tokens
     */
    public int add(Prompt prompt, GenerationSettings settings, Tokenizer tokenizer, SequenceListener listener) {
        TokenSink sink = new TextSink(tokenizer.stream(true), new StopScanner(settings.stopStrings()), listener);
        GenerationSettings all = settings.withMoreStopTokens(tokenizer.stopIds());
        return add(prompt, all, Constraint.of(all, tokenizer), sink);
    }

    private int add(Prompt prompt, GenerationSettings settings, Constraint constraint, TokenSink sink) {
        long room = (long) prompt.length() + settings.maxNewTokens();
        if (room > model.maxPositions()) {
            throw GenerationException.tooLong(prompt, settings.maxNewTokens(), model.maxPositions());
        }
        prompt.requireVocabulary(model.vocabularySize());
        settings.shifts().requireVocabulary(model.vocabularySize());
        active.add(new ActiveSequence(added, prompt, settings, constraint, sink, pages.newCache()));
        return added++;
    }

    /** True if no sequence is on its way. */
    public boolean isEmpty() {
        return active.isEmpty();
    }

    /** Number of sequences on their way. */
    public int size() {
        return active.size();
    }

    /** Ends a sequence without a result, such as one whose client has gone; false if it has ended already. */
    public boolean remove(int number) {
        for (Iterator<ActiveSequence> each = active.iterator(); each.hasNext(); ) {
            ActiveSequence sequence = each.next();
            if (sequence.number() == number) {
                each.remove();
                sequence.close();
                return true;
            }
        }
        return false;
    }

    /** Advances every sequence by a token, or by a part of its prompt; gives those that ended. */
    public List<Ended> step() {
        if (active.isEmpty()) {
            return List.of();
        }
        new BatchStep(model, chosen()).run();
        List<Ended> ended = new ArrayList<>();
        for (Iterator<ActiveSequence> each = active.iterator(); each.hasNext(); ) {
            ActiveSequence sequence = each.next();
            if (sequence.result().isPresent()) {
                ended.add(new Ended(sequence.number(), sequence.result().get()));
                each.remove();
                sequence.close();
            }
        }
        return ended;
    }

    /** What runs in this step: rows of the same adapter side by side, those that go on before new prompts. */
    private List<BatchStep.Part> chosen() {
        int budget = STEP_TOKENS;
        Map<Optional<Adapter>, List<BatchStep.Part>> byAdapter = new LinkedHashMap<>();
        for (ActiveSequence sequence : active) {
            if (budget == 0) {
                break;
            }
            int[] tokens = sequence.next(budget);
            budget -= tokens.length;
            byAdapter
                    .computeIfAbsent(sequence.adapter(), adapter -> new ArrayList<>())
                    .add(new BatchStep.Part(sequence, tokens));
        }
        return byAdapter.values().stream().flatMap(List::stream).toList();
    }

    @Override
    public void close() {
        active.forEach(ActiveSequence::close);
        active.clear();
        pages.close();
    }
}
