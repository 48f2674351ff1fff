package dev.lora4j.evaluation;

import dev.lora4j.data.Example;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.lora.Adapter;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Routing;
import dev.lora4j.model.SequenceHead;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a model with a head for sequences says of each example: its logits, in the order of the examples. Immutable.
 */
public final class SequencePredictions {
    private final List<float[]> logits;

    private SequencePredictions(List<float[]> logits) {
        this.logits = List.copyOf(logits);
    }

    /**
     * Runs the examples through the model with an adapter's own head, or the model's where the adapter has none.
     *
     * @param tokensPerBatch how many tokens go through the model at a time; changes nothing but memory and speed
     * @throws Lora4jException if neither has a head
     */
    public static SequencePredictions of(
            LanguageModel model, Optional<Adapter> adapter, List<Example> examples, int tokensPerBatch) {
        SequenceHead head = model.sequenceHead(path -> adapter.flatMap(each -> each.savedLinear(path)));
        List<float[]> logits = new ArrayList<>();
        for (List<Example> batch : ExampleBatches.of(model, adapter, examples, tokensPerBatch)) {
            try (Scope scope = Scope.open()) {
                TokenBatch tokens = ExampleBatches.tokens(batch);
                Routing routing =
                        CausalLosses.routing(adapter, tokens.sequences().tokens());
                Tensor hidden = model.hidden(tokens, routing, Tape.inference());
                Tensor rows = Tensor.of(head.plan().rows(tokens.sequences())).to(hidden.device());
                Routing perSequence = CausalLosses.routing(adapter, batch.size());
                Tensor all = head.logits(Tape.inference(), hidden, rows, perSequence); // [sequences, labels]
                for (int i = 0; i < batch.size(); i++) {
                    logits.add(all.rows(i, i + 1).toFloats());
                }
            }
        }
        return new SequencePredictions(logits);
    }

    /** Logits of each example, copies. */
    public List<float[]> logits() {
        return logits.stream().map(float[]::clone).toList();
    }

    /** The index of the highest logit of each example. */
    public int[] classes() {
        return logits.stream().mapToInt(SequencePredictions::highest).toArray();
    }

    /** The probability of each class of one example. */
    public double[] probabilities(int example) {
        float[] of = logits.get(example);
        double highest = of[highest(of)];
        double[] exponentials = new double[of.length];
        for (int i = 0; i < of.length; i++) {
            exponentials[i] = Math.exp(of[i] - highest);
        }
        double sum = Arrays.stream(exponentials).sum();
        return Arrays.stream(exponentials).map(each -> each / sum).toArray();
    }

    /** The one number of each example, for regression. */
    public double[] scores() {
        return logits.stream().mapToDouble(each -> each[0]).toArray();
    }

    private static int highest(float[] values) {
        int highest = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[highest]) {
                highest = i;
            }
        }
        return highest;
    }
}
