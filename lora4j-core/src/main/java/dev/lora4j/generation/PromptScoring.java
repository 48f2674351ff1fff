package dev.lora4j.generation;

import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.model.KvCache;
import dev.lora4j.model.KvPages;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * How likely each token of a prompt is after those before it; read in pieces, so that others need not wait long.
 *
 * <p>Confined to one thread at a time. Holds native memory until closed.
 */
public final class PromptScoring implements AutoCloseable {
    /** Most tokens that one step runs through the model. */
    static final int STEP_TOKENS = 256;
    /** Rows of the vocabulary's size that are in memory at a time. */
    static final int LOGIT_ROWS = 32;

    private final LanguageModel model;
    private final Prompt prompt;
    private final int likeliest;
    private final KvCache cache;
    private final Consumer<KvCache> read;
    private final Runnable closing;
    private final List<TokenScores> scores = new ArrayList<>();

    private PromptScoring(
            LanguageModel model,
            Prompt prompt,
            int likeliest,
            KvCache cache,
            Consumer<KvCache> read,
            Runnable closing) {
        this.model = model;
        this.prompt = prompt;
        this.likeliest = likeliest;
        this.cache = cache;
        this.read = read;
        this.closing = closing;
    }

    /**
     * Begins; nothing runs before the first step. Borrows the model and the adapter.
     *
     * @param likeliest how many of the best tokens are told with each
     * @throws GenerationException if the prompt does not fit the model
     */
    public static PromptScoring of(LanguageModel model, Prompt prompt, int likeliest) {
        requireFit(model, prompt);
        KvPages pages = model.newPages();
        return new PromptScoring(model, prompt, likeliest, pages.newCache(), cache -> {}, pages::close);
    }

    /**
     * The same in the pages of others, which it borrows.
     *
     * @param read told of the cache when it holds the whole prompt, and all its scores are numbers
     */
    static PromptScoring in(KvPages pages, LanguageModel model, Prompt prompt, int likeliest, Consumer<KvCache> read) {
        requireFit(model, prompt);
        return new PromptScoring(model, prompt, likeliest, pages.newCache(), read, () -> {});
    }

    private static void requireFit(LanguageModel model, Prompt prompt) {
        if (prompt.withVirtualTokens().length() > prompt.length()) {
            throw new GenerationException("the prompt's adapter has virtual tokens, beside which no prompt is scored;"
                    + " score it by evaluate");
        }
        if (prompt.length() > model.maxPositions()) {
            throw GenerationException.tooLong(prompt, 0, model.maxPositions());
        }
        prompt.requireVocabulary(model.vocabularySize());
    }

    /**
     * Reads a piece.
     *
     * @return true if that was the last
     * @throws GenerationException if the model gives no numbers
     */
    public boolean step() {
        int from = cache.length();
        int to = Math.min(prompt.length(), from + STEP_TOKENS);
        if (from == to) {
            return true;
        }
        try (Scope scope = Scope.open()) {
            TokenBatch batch = TokenBatch.of(List.of(Arrays.copyOfRange(prompt.tokens(), from, to)));
            Tensor hidden = model.continued(batch, routing(to - from), List.of(cache));
            int rows = Math.min(to, prompt.length() - 1) - from; // the last token's logits are of what is not there
            for (int row = 0; row < rows; row += LOGIT_ROWS) {
                score(hidden, row, Math.min(rows, row + LOGIT_ROWS), from);
            }
        }
        if (to == prompt.length()) {
            read.accept(cache);
        }
        return to == prompt.length();
    }

    private void score(Tensor hidden, int start, int end, int from) {
        try (Scope scope = Scope.open()) {
            Tensor logits = model.logits(hidden.rows(start, end), routing(end - start));
            for (int row = start; row < end; row++) {
                float[] values = logits.rows(row - start, row - start + 1).toFloats();
                if (!Sampler.isUsable(values)) {
                    throw GenerationException.notNumbers(0, from + row + 1);
                }
                scores.add(TokenScores.of(values, prompt.tokens()[from + row + 1], likeliest));
            }
        }
    }

    private AdapterRouting routing(int rows) {
        return AdapterRouting.of(prompt.adapters(), rows);
    }

    /** Those of the second token, the third and so on; nothing comes before the first. */
    public List<TokenScores> scores() {
        return List.copyOf(scores);
    }

    @Override
    public void close() {
        cache.close();
        closing.run();
    }
}
