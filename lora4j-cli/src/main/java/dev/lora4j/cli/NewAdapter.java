package dev.lora4j.cli;

import dev.lora4j.data.LabelSet;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.Baseline;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.LanguageModel;
import java.util.List;
import java.util.Optional;

/**
 * What a training begins with: untrained parameters over a base, by method and task.
 *
 * @param labels of a classification, whose head answers with them
 * @param shape of low-rank pairs; of no meaning to other methods
 * @param seed of the random values
 */
record NewAdapter(MethodOptions method, DataTask task, Optional<LabelSet> labels, LoraConfig shape, long seed) {
    /** Makes it; the caller owns what comes. With {@link Method#FULL} its training changes the base itself. */
    Adapter over(LanguageModel base) {
        Optional<Baseline> baseline = method.baseline();
        if (baseline.isPresent()) {
            return other(base, baseline.get());
        }
        return method.is(Method.FULL) ? full(base) : lowRank(base);
    }

    private Adapter lowRank(LanguageModel base) {
        return switch (task) {
            case CAUSAL -> Adapter.create(base, shape, seed);
            case CLASSIFICATION -> Adapter.createClassifier(base, shape, names(), seed);
            case REGRESSION -> Adapter.createRegression(base, shape, seed);
        };
    }

    private Adapter other(LanguageModel base, Baseline baseline) {
        return switch (task) {
            case CAUSAL -> Adapter.create(base, baseline, seed);
            case CLASSIFICATION -> Adapter.createClassifier(base, baseline, names(), seed);
            case REGRESSION -> Adapter.createRegression(base, baseline, seed);
        };
    }

    private Adapter full(LanguageModel base) {
        return switch (task) {
            case CAUSAL -> Adapter.full(base);
            case CLASSIFICATION -> Adapter.fullClassifier(base, names(), seed);
            case REGRESSION -> Adapter.fullRegression(base, seed);
        };
    }

    private List<String> names() {
        return labels.orElseThrow().names();
    }
}
