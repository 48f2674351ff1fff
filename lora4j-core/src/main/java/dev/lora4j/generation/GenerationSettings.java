package dev.lora4j.generation;

import dev.lora4j.formats.Lora4jException;
import dev.lora4j.grammar.Grammar;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How new tokens are chosen and when they end; the words and their meaning are those of transformers.
 *
 * <p>Applied in this order: grammar, shifts, repetition penalty, temperature, top-k, top-p, min-p.
 *
 * @param maxNewTokens at most this many
 * @param temperature by which scores are divided; 0 always takes the best token
 * @param topK only the k best tokens; 0 for all
 * @param topP only the best tokens that together have this probability; 1 for all
 * @param minP only tokens at least this likely in relation to the best; 0 for all
 * @param shifts what is added to the scores of single tokens
 * @param repetitionPenalty by which tokens that occurred become less likely; 1 for none
 * @param stopStrings text that ends a sequence and is not given out
 * @param stopTokens ids that end a sequence, besides those of the tokenizer
 * @param seed decides every choice, together with the position: the same seed gives the same tokens
 * @param grammar what the text must keep to; other tokens get no probability before anything else is applied, and the
 *     sequence ends where the text is complete and nothing may follow
 */
public record GenerationSettings(
        int maxNewTokens,
        double temperature,
        int topK,
        double topP,
        double minP,
        ScoreShifts shifts,
        double repetitionPenalty,
        List<String> stopStrings,
        Set<Integer> stopTokens,
        long seed,
        Optional<Grammar> grammar) {
    /** Most stop strings of one request. */
    static final int MAX_STOP_STRINGS = 64;

    /** Checks the ranges and copies the collections. */
    public GenerationSettings {
        require(maxNewTokens >= 1, "max-new-tokens", maxNewTokens, "1 or more");
        require(temperature >= 0 && Double.isFinite(temperature), "temperature", temperature, "0 or more");
        require(topK >= 0, "top-k", topK, "0 or more");
        require(topP > 0 && topP <= 1, "top-p", topP, "more than 0 and at most 1");
        require(minP >= 0 && minP <= 1, "min-p", minP, "0 to 1");
        require(
                repetitionPenalty > 0 && Double.isFinite(repetitionPenalty),
                "repetition-penalty",
                repetitionPenalty,
                "more than 0");
        stopStrings = List.copyOf(stopStrings);
        require(
                stopStrings.size() <= MAX_STOP_STRINGS,
                "the number of stop strings",
                stopStrings.size(),
                "at most " + MAX_STOP_STRINGS);
        require(stopStrings.stream().noneMatch(String::isEmpty), "a stop string", "\"\"", "some text");
        stopTokens = Set.copyOf(stopTokens);
    }

    /** Settings without a grammar. */
    public GenerationSettings(
            int maxNewTokens,
            double temperature,
            int topK,
            double topP,
            double minP,
            ScoreShifts shifts,
            double repetitionPenalty,
            List<String> stopStrings,
            Set<Integer> stopTokens,
            long seed) {
        this(
                maxNewTokens,
                temperature,
                topK,
                topP,
                minP,
                shifts,
                repetitionPenalty,
                stopStrings,
                stopTokens,
                seed,
                Optional.empty());
    }

    private static void require(boolean holds, String what, Object found, String expected) {
        if (!holds) {
            throw new Lora4jException(what + " is " + found + ", expected " + expected);
        }
    }

    /** Always the best token: no seed matters. */
    public static GenerationSettings greedy(int maxNewTokens) {
        return new GenerationSettings(maxNewTokens, 0, 0, 1, 0, ScoreShifts.NONE, 1, List.of(), Set.of(), 0);
    }

    /** Draws from the model's own distribution. */
    public static GenerationSettings sampled(int maxNewTokens, long seed) {
        return greedy(maxNewTokens).withTemperature(1).withSeed(seed);
    }

    /** The same with another limit. */
    public GenerationSettings withMaxNewTokens(int limit) {
        return new GenerationSettings(
                limit,
                temperature,
                topK,
                topP,
                minP,
                shifts,
                repetitionPenalty,
                stopStrings,
                stopTokens,
                seed,
                grammar);
    }

    /** The same with another temperature. */
    public GenerationSettings withTemperature(double value) {
        return new GenerationSettings(
                maxNewTokens,
                value,
                topK,
                topP,
                minP,
                shifts,
                repetitionPenalty,
                stopStrings,
                stopTokens,
                seed,
                grammar);
    }

    /** The same with another top-k. */
    public GenerationSettings withTopK(int k) {
        return new GenerationSettings(
                maxNewTokens,
                temperature,
                k,
                topP,
                minP,
                shifts,
                repetitionPenalty,
                stopStrings,
                stopTokens,
                seed,
                grammar);
    }

    /** The same with another top-p. */
    public GenerationSettings withTopP(double p) {
        return new GenerationSettings(
                maxNewTokens,
                temperature,
                topK,
                p,
                minP,
                shifts,
                repetitionPenalty,
                stopStrings,
                stopTokens,
                seed,
                grammar);
    }

    /** The same with another min-p. */
    public GenerationSettings withMinP(double p) {
        return new GenerationSettings(
                maxNewTokens,
                temperature,
                topK,
                topP,
                p,
                shifts,
                repetitionPenalty,
                stopStrings,
                stopTokens,
                seed,
                grammar);
    }

    /** The same with other shifts. */
    public GenerationSettings withShifts(ScoreShifts other) {
        return new GenerationSettings(
                maxNewTokens,
                temperature,
                topK,
                topP,
                minP,
                other,
                repetitionPenalty,
                stopStrings,
                stopTokens,
                seed,
                grammar);
    }

    /** The same with another repetition penalty. */
    public GenerationSettings withRepetitionPenalty(double penalty) {
        return new GenerationSettings(
                maxNewTokens, temperature, topK, topP, minP, shifts, penalty, stopStrings, stopTokens, seed, grammar);
    }

    /** The same with other stop strings. */
    public GenerationSettings withStopStrings(String... strings) {
        return new GenerationSettings(
                maxNewTokens,
                temperature,
                topK,
                topP,
                minP,
                shifts,
                repetitionPenalty,
                List.of(strings),
                stopTokens,
                seed,
                grammar);
    }

    /** The same with other stop tokens. */
    public GenerationSettings withStopTokens(Set<Integer> ids) {
        return new GenerationSettings(
                maxNewTokens,
                temperature,
                topK,
                topP,
                minP,
                shifts,
                repetitionPenalty,
                stopStrings,
                ids,
                seed,
                grammar);
    }

    /** The same with another seed. */
    public GenerationSettings withSeed(long other) {
        return new GenerationSettings(
                maxNewTokens,
                temperature,
                topK,
                topP,
                minP,
                shifts,
                repetitionPenalty,
                stopStrings,
                stopTokens,
                other,
                grammar);
    }

    /** The same with a grammar that the text must keep to. */
    public GenerationSettings withGrammar(Grammar other) {
        return new GenerationSettings(
                maxNewTokens,
                temperature,
                topK,
                topP,
                minP,
                shifts,
                repetitionPenalty,
                stopStrings,
                stopTokens,
                seed,
                Optional.of(other));
    }

    /** The same with more stop tokens. */
    GenerationSettings withMoreStopTokens(Set<Integer> ids) {
        Set<Integer> all = new TreeSet<>(stopTokens);
        all.addAll(ids);
        return withStopTokens(all);
    }
}
