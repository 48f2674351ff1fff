package dev.lora4j.server;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.WeightedAdapter;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.MeanPooling;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Texts as vectors: the mean of an encoder's last hidden states over all tokens, of length 1, as sentence-transformers
 * does it for all-MiniLM-L6-v2.
 *
 * <p>One batch runs at a time, so many may wait. Safe for any number of threads; borrows model and tokenizer.
 */
final class Embedder {
    /** Most tokens that go through the model at a time, unless one text alone has more. */
    private static final int BATCH_TOKENS = 2048;

    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final int waiters;
    private final Semaphore turn = new Semaphore(1, true);

    Embedder(LanguageModel model, Tokenizer tokenizer, Limits limits) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.waiters = limits.queued();
    }

    /** Tokens of a text, refused if the model has no room for them. */
    int[] tokens(PromptText text) {
        int[] tokens = text.tokens(tokenizer);
        if (tokens.length == 0) {
            throw ApiError.invalid(text.path(), text.path() + " has no tokens, expected one at least");
        }
        if (tokens.length > model.maxPositions()) {
            throw ApiError.contextLength(
                    text.path(),
                    "This model's maximum context length is " + model.maxPositions() + " tokens, however you requested "
                            + tokens.length + " tokens. Please reduce the length.");
        }
        for (int id : tokens) {
            if (id >= model.vocabularySize()) {
                throw ApiError.invalid(
                        text.path(),
                        text.path() + " has token " + id + ", the model's vocabulary has " + model.vocabularySize()
                                + " tokens");
            }
        }
        return tokens;
    }

    /** A vector of the hidden size for each text. */
    List<float[]> embed(List<int[]> texts, List<WeightedAdapter> adapters) throws InterruptedException {
        if (turn.getQueueLength() >= waiters) {
            throw ApiError.queueFull(Duration.ofSeconds(1));
        }
        List<float[]> vectors = new ArrayList<>();
        int from = 0;
        while (from < texts.size()) {
            int to = end(texts, from);
            turn.acquire();
            try {
                vectors.addAll(batch(texts.subList(from, to), adapters));
            } finally {
                turn.release();
            }
            from = to;
        }
        return vectors;
    }

    private static int end(List<int[]> texts, int from) {
        int tokens = texts.get(from).length;
        int to = from + 1;
        while (to < texts.size() && tokens + texts.get(to).length <= BATCH_TOKENS) {
            tokens += texts.get(to++).length;
        }
        return to;
    }

    private List<float[]> batch(List<int[]> texts, List<WeightedAdapter> adapters) {
        try (Scope scope = Scope.open()) {
            TokenBatch batch = TokenBatch.of(texts);
            long rows = texts.stream().mapToLong(text -> text.length).sum();
            Routing routing = AdapterRouting.of(adapters, rows);
            Tensor hidden = model.hidden(batch, routing, Tape.inference());
            Tensor means = MeanPooling.apply(Tape.inference(), hidden, batch.sequences());
            Tensor units = means.dividedBy(means.norm(-1));
            List<float[]> vectors = new ArrayList<>();
            for (int i = 0; i < texts.size(); i++) {
                vectors.add(units.rows(i, i + 1).toFloats());
            }
            return vectors;
        }
    }
}
