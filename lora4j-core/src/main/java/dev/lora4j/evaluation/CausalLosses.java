package dev.lora4j.evaluation;

import dev.lora4j.data.Example;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.CrossEntropy;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Losses of the tokens to be learned of one batch, and how many of them were foreseen.
 *
 * @param sum of the losses
 */
record CausalLosses(double sum, long right, long tokens) {
    /** Logits alive at a time, in values: 16 Mi float32 are 64 MiB. */
    private static final long CHUNK_VALUES = 1L << 24;

    static CausalLosses of(LanguageModel model, Optional<Adapter> adapter, List<Example> batch) {
        TokenBatch tokens = ExampleBatches.tokens(batch);
        LongStream.Builder rows = LongStream.builder();
        LongStream.Builder labels = LongStream.builder();
        for (int i = 0; i < batch.size(); i++) {
            Example example = batch.get(i);
            for (int t = 1; t < example.length(); t++) {
                if (example.trained(t)) {
                    rows.add(tokens.sequences().offset(i) + t - 1L);
                    labels.add(example.token(t));
                }
            }
        }
        long[] expected = labels.build().toArray();
        if (expected.length == 0) {
            return new CausalLosses(0, 0, 0);
        }
        try (Scope scope = Scope.open()) {
            Tensor hidden =
                    model.hidden(tokens, routing(adapter, tokens.sequences().tokens()), Tape.inference());
            Tensor chosen = hidden.selectRows(Tensor.of(rows.build().toArray()).to(hidden.device()));
            return chunked(model, adapter, chosen, expected);
        }
    }

    private static CausalLosses chunked(
            LanguageModel model, Optional<Adapter> adapter, Tensor hidden, long[] expected) {
        int chunk = (int) Math.max(1, CHUNK_VALUES / model.vocabularySize());
        double sum = 0;
        long right = 0;
        for (int start = 0; start < expected.length; start += chunk) {
            int end = Math.min(expected.length, start + chunk);
            try (Scope scope = Scope.open()) {
                Tensor logits = model.logits(hidden.rows(start, end), routing(adapter, end - start), Tape.inference());
                long[] labels = Arrays.copyOfRange(expected, start, end);
                sum += sum(logits, labels);
                long[] found = logits.argmax().toLongs();
                for (int i = 0; i < labels.length; i++) {
                    right += found[i] == labels[i] ? 1 : 0;
                }
            }
        }
        return new CausalLosses(sum, right, expected.length);
    }

    private static double sum(Tensor logits, long[] labels) {
        float[] ones = new float[labels.length];
        Arrays.fill(ones, 1);
        CrossEntropy.Targets targets = new CrossEntropy.Targets(
                Tensor.of(labels).to(logits.device()),
                Tensor.of(ones, ones.length).to(logits.device()),
                0);
        double sum = 0;
        for (double loss : CrossEntropy.apply(Tape.inference(), logits, targets).toDoubles()) {
            sum += loss;
        }
        return sum;
    }

    static Routing routing(Optional<Adapter> adapter, long rows) {
        return adapter.<Routing>map(each -> AdapterRouting.of(each, rows)).orElse(Routing.NONE);
    }
}
