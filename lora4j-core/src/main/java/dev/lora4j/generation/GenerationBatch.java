package dev.lora4j.generation;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.lora.WeightedAdapter;
import dev.lora4j.model.KvCache;
import dev.lora4j.model.KvPages;
import dev.lora4j.model.KvPrefixes;
import dev.lora4j.model.LanguageModel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

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
    private final Optional<KvPrefixes> prefixes;
    private final List<ActiveSequence> active = new ArrayList<>();
    private Optional<MergedPath> merged = Optional.empty();
    private int added;

    private GenerationBatch(LanguageModel model, OptionalInt keptTokens) {
        this.model = model;
        this.pages = model.newPages();
        this.prefixes = keptTokens.isPresent()
                ? Optional.of(new KvPrefixes(pages, (int) ((keptTokens.getAsInt() + KvPages.PAGE - 1L) / KvPages.PAGE)))
                : Optional.empty();
    }

    /** A batch of no sequences yet; borrows the model. */
    public static GenerationBatch of(LanguageModel model) {
        return new GenerationBatch(model, OptionalInt.empty());
    }

    /**
     * A batch that keeps what it has read, for later sequences of the same {@linkplain Prompt#owner owner} that begin alike.
     *
     * @param tokens room for those of running and ended sequences; ended ones make room for running ones
     */
    public static GenerationBatch sharing(LanguageModel model, int tokens) {
        return new GenerationBatch(model, OptionalInt.of(tokens));
    }

    /**
     * From now on an adapter that has had every sequence for {@value MergedPath#WARM} steps is merged, and steps with it alone
     * run through the merged model: the same tokens up to rounding, for the memory of every matrix that it changes.
     *
     * <p>For adapters that do not change while the batch lives.
     *
     * @throws GenerationException if the base is kept in another format than float32, which is faster beside an adapter
     */
    public GenerationBatch mergingHot() {
        if (!model.weightFormat().isFloat32()) {
            throw new GenerationException(
                    model.name() + ": an adapter is merged in float32, which is slower than a base in "
                            + model.weightFormat() + "; keep the base in float32, or do not merge");
        }
        merged = Optional.of(new MergedPath(model));
        return this;
    }

    /** Steps that ran through a merged model. */
    public long mergedSteps() {
        return merged.map(MergedPath::steps).orElse(0L);
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

    private int add(Prompt text, GenerationSettings settings, Constraint constraint, TokenSink sink) {
        text.requireVocabulary(model.vocabularySize());
        Prompt prompt = text.withVirtualTokens();
        long room = (long) prompt.length() + settings.maxNewTokens();
        if (room > model.maxPositions()) {
            throw GenerationException.tooLong(prompt, settings.maxNewTokens(), model.maxPositions());
        }
        settings.shifts().requireVocabulary(model.vocabularySize());
        active.add(new ActiveSequence(added, prompt, settings, constraint, sink, newCache(prompt)));
        return added++;
    }

    private KvCache newCache(Prompt prompt) {
        return prefixes.flatMap(kept -> prompt.owner().map(owner -> kept.begin(owner, prompt.tokens())))
                .orElseGet(pages::newCache);
    }

    /**
     * Scores a prompt beside the sequences; what was read is kept for them. To be closed before this batch is.
     *
     * @param likeliest how many of the best tokens are told with each
     * @throws GenerationException if the prompt does not fit the model
     */
    public PromptScoring scoring(Prompt prompt, int likeliest) {
        return PromptScoring.in(pages, model, prompt, likeliest, cache -> keep(prompt, prompt.tokens(), cache));
    }

    private void keep(Prompt prompt, int[] tokens, KvCache cache) {
        prefixes.ifPresent(kept -> prompt.owner().ifPresent(owner -> kept.keep(owner, tokens, cache)));
    }

    /** Tokens of a sequence's prompt that had been read before it; 0 if there is no such sequence any more. */
    public int found(int number) {
        return active.stream()
                .filter(sequence -> sequence.number() == number)
                .mapToInt(ActiveSequence::found)
                .sum();
    }

    /** Pages of keys and values that sequences hold. */
    public int pagesInUse() {
        return pages.taken() - prefixes.map(KvPrefixes::unused).orElse(0);
    }

    /** What is kept of sequences; empty if nothing is. */
    public Optional<KvPrefixes> prefixes() {
        return prefixes;
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
        run(chosen());
        keepWhatWasRead();
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

    private void run(List<BatchStep.Part> parts) {
        LanguageModel view = merged.map(path ->
                        path.of(parts.stream().map(BatchStep.Part::adapters).toList()))
                .orElse(null);
        (view == null ? BatchStep.beside(model, parts) : BatchStep.through(view, parts)).run();
    }

    /** When a prompt is read, for those that begin alike; at the end, for the next turn of a chat. */
    private void keepWhatWasRead() {
        if (prefixes.isEmpty()) {
            return;
        }
        for (ActiveSequence sequence : active) {
            boolean failed = sequence.result()
                    .filter(result -> result.finishReason() == FinishReason.FAILED)
                    .isPresent();
            boolean first = sequence.cache().length() == sequence.prompt().length();
            if (!failed && (first || sequence.result().isPresent())) {
                keep(sequence.prompt(), sequence.seen(), sequence.cache());
            }
        }
    }

    /** What runs in this step: rows of the same adapter side by side, those that go on before new prompts. */
    private List<BatchStep.Part> chosen() {
        int budget = STEP_TOKENS;
        Map<List<WeightedAdapter>, List<BatchStep.Part>> byAdapters = new LinkedHashMap<>();
        for (ActiveSequence sequence : active) {
            if (budget == 0) {
                break;
            }
            int[] tokens = sequence.next(budget);
            budget -= tokens.length;
            byAdapters
                    .computeIfAbsent(sequence.adapters(), adapters -> new ArrayList<>())
                    .add(new BatchStep.Part(sequence, tokens));
        }
        return byAdapters.values().stream().flatMap(List::stream).toList();
    }

    @Override
    public void close() {
        active.forEach(ActiveSequence::close);
        active.clear();
        merged.ifPresent(MergedPath::close);
        pages.close();
    }
}
