package dev.lora4j.generation;

import dev.lora4j.formats.Lora4jException;
import dev.lora4j.grammar.GrammarException;
import dev.lora4j.lora.WeightedAdapter;
import dev.lora4j.model.KvCache;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** One sequence on its way: what it has, what comes next, and how it ends. Holds its cache until closed. */
final class ActiveSequence implements AutoCloseable {
    private final int number;
    private final Prompt prompt;
    private final GenerationSettings settings;
    private final Constraint constraint;
    private final TokenSink sink;
    private final KvCache cache;
    private final int found;
    private final Sampler sampler;
    private final BitSet occurred = new BitSet();
    private final Map<Integer, Integer> said = new HashMap<>(); // empty unless a penalty needs it
    private final long started = System.nanoTime();
    private int[] tokens; // the prompt and the new ones
    private int length;
    private Optional<Generation> result = Optional.empty();
    private Optional<Lora4jException> failure = Optional.empty();

    ActiveSequence(
            int number,
            Prompt prompt,
            GenerationSettings settings,
            Constraint constraint,
            TokenSink sink,
            KvCache cache) {
        this.number = number;
        this.prompt = prompt;
        this.settings = settings;
        this.constraint = constraint;
        this.sink = sink;
        this.cache = cache;
        this.found = cache.length();
        this.sampler = new Sampler(settings);
        this.tokens = prompt.tokens();
        this.length = tokens.length;
        Arrays.stream(tokens).filter(id -> id >= 0).forEach(occurred::set);
    }

    int number() {
        return number;
    }

    List<WeightedAdapter> adapters() {
        return prompt.adapters();
    }

    KvCache cache() {
        return cache;
    }

    Prompt prompt() {
        return prompt;
    }

    /** Tokens of the prompt that the cache had when it began. */
    int found() {
        return found;
    }

    /** All tokens that the cache has seen. */
    int[] seen() {
        return Arrays.copyOf(tokens, cache.length());
    }

    /** The tokens that the cache has not seen yet, at most so many of them. */
    int[] next(int limit) {
        int from = cache.length();
        return Arrays.copyOfRange(tokens, from, Math.min(length, from + limit));
    }

    /** True if the cache has seen every token, so that the last one's logits say how to go on. */
    boolean isRead() {
        return cache.length() == length;
    }

    /** What became of it, once it has ended. */
    Optional<Generation> result() {
        return result;
    }

    /** Adds a token by the logits of the last one, which it takes. */
    void advance(float[] logits) {
        if (!Sampler.isUsable(logits)) {
            fail(GenerationException.notNumbers(number, length));
            return;
        }
        float[] own = sink.likeliest().isPresent() ? logits.clone() : logits;
        try {
            constraint.apply(logits);
        } catch (GrammarException e) { // its own request is too hard; the others go on
            fail(e);
            return;
        }
        settings.shifts().apply(logits, said);
        if (!Sampler.isUsable(logits)) {
            fail(GenerationException.noToken(number, length));
            return;
        }
        int token = sampler.choose(logits, occurred, length);
        append(token);
        if (settings.stopTokens().contains(token)) {
            end(FinishReason.STOP);
        } else {
            take(token, scores(own, token));
        }
    }

    private void take(int token, Optional<TokenScores> scores) {
        boolean complete;
        try {
            complete = constraint.finishedBy(token);
        } catch (GrammarException e) {
            fail(e);
            return;
        }
        switch (sink.accept(token, scores)) {
            case STOP -> finish(FinishReason.STOP);
            case CANCEL -> finish(FinishReason.CANCELLED);
            case GO_ON -> {
                if (complete) {
                    end(FinishReason.STOP);
                } else if (length - prompt.length() >= settings.maxNewTokens()) {
                    end(FinishReason.LENGTH);
                }
            }
        }
    }

    private Optional<TokenScores> scores(float[] logits, int token) {
        OptionalInt likeliest = sink.likeliest();
        return likeliest.isPresent()
                ? Optional.of(TokenScores.of(logits, token, likeliest.getAsInt()))
                : Optional.empty();
    }

    private void append(int token) {
        if (length == tokens.length) {
            int capacity = (int) Math.min(2L * length, (long) prompt.length() + settings.maxNewTokens());
            tokens = Arrays.copyOf(tokens, capacity);
        }
        tokens[length++] = token;
        occurred.set(token);
        if (settings.shifts().counts()) {
            said.merge(token, 1, Integer::sum);
        }
    }

    private void fail(Lora4jException why) {
        failure = Optional.of(why);
        end(FinishReason.FAILED);
    }

    private void end(FinishReason reason) {
        boolean stopped = sink.end();
        finish(stopped && reason == FinishReason.LENGTH ? FinishReason.STOP : reason);
    }

    private void finish(FinishReason reason) {
        result = Optional.of(new Generation(
                Arrays.copyOfRange(tokens, prompt.length(), length),
                sink.text(),
                reason,
                prompt.length(),
                (System.nanoTime() - started) / 1e9,
                failure));
    }

    @Override
    public void close() {
        cache.close();
    }
}
