package dev.lora4j.training;

import dev.lora4j.data.Example;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Linear;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.SequenceHead;
import dev.lora4j.tensor.CrossEntropy;
import dev.lora4j.tensor.Segment;
import dev.lora4j.tensor.SelectRows;
import dev.lora4j.tensor.SquaredError;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import dev.lora4j.tensor.VocabularyLoss;
import java.util.Arrays;
import java.util.List;

/**
 * The loss of one adapter's rows in a batch, and its gradient on the tape.
 *
 * <p>The weight of every label is given from outside, 1 / labels of the whole optimizer step, so that batches add up to
 * the mean over all tokens however they are cut.
 */
final class TaskLoss {
    private final LanguageModel model;
    private final Adapter adapter;
    private final double smoothing;

    TaskLoss(LanguageModel model, Adapter adapter, double smoothing) {
        this.model = model;
        this.adapter = adapter;
        this.smoothing = smoothing;
    }

    /** Labels of some rows: trained tokens, or one per row of a labelled task. */
    static long labels(List<Example> rows) {
        return rows.stream().mapToLong(row -> Math.max(1, row.trainedTokens())).sum();
    }

    /**
     * Computes and seeds.
     *
     * @param hidden [tokens, hidden] of the whole batch
     * @param rows of this adapter, in the order of the batch
     * @param offset first token of the first row
     * @return the losses of the labels and how many were predicted right, where that is known
     */
    Result apply(Tape tape, Tensor hidden, List<Example> rows, long offset, double weight) {
        return model.task() == ModelTask.CAUSAL_LM
                ? nextTokens(tape, hidden, rows, offset, weight)
                : sequences(tape, hidden, rows, offset, weight);
    }

    /** Σ of the labels' losses, how many labels, and how many were right (−1 if not counted). */
    record Result(double lossSum, long labels, long correct) {}

    private Result nextTokens(Tape tape, Tensor hidden, List<Example> rows, long offset, double weight) {
        int count = (int) labels(rows);
        long[] positions = new long[count];
        long[] labels = new long[count];
        int n = 0;
        long start = offset;
        for (Example row : rows) {
            for (int t = 1; t < row.length(); t++) {
                if (row.trained(t)) {
                    positions[n] = start + t - 1; // token t is predicted where token t − 1 stands
                    labels[n++] = row.token(t);
                }
            }
            start += row.length();
        }
        Tensor chosen = SelectRows.apply(tape, hidden, on(hidden, Tensor.of(positions)));
        Linear output = adapter.savedLinear("lm_head").orElseGet(model::outputLayer);
        List<Segment> segments = AdapterRouting.of(adapter, count).segments("lm_head");
        Tensor losses = VocabularyLoss.apply(
                tape,
                chosen,
                new VocabularyLoss.Head(output.matrix(), segments, model.logitSoftcap()),
                new CrossEntropy.Targets(on(hidden, Tensor.of(labels)), weights(hidden, count, weight), smoothing));
        return new Result(losses.sum().item(), count, -1);
    }

    private Result sequences(Tape tape, Tensor hidden, List<Example> rows, long offset, double weight) {
        SequenceHead head = model.sequenceHead(adapter::savedLinear);
        long[] chosen = new long[rows.size()];
        long start = offset;
        for (int i = 0; i < chosen.length; i++) {
            chosen[i] = head.plan().row(start, rows.get(i).length());
            start += rows.get(i).length();
        }
        AdapterRouting routing = AdapterRouting.of(adapter, chosen.length);
        Tensor logits = head.logits(tape, hidden, on(hidden, Tensor.of(chosen)), routing);
        Tensor weights = weights(hidden, chosen.length, weight);
        if (rows.get(0).score().isPresent()) {
            double[] scores =
                    rows.stream().mapToDouble(row -> row.score().orElseThrow()).toArray();
            Tensor targets = on(hidden, Tensor.of(scores, chosen.length, 1).to(hidden.dtype()));
            Tensor losses = SquaredError.apply(tape, logits, targets, weights.view(chosen.length, 1));
            return new Result(losses.sum().item(), chosen.length, -1);
        }
        long[] labels =
                rows.stream().mapToLong(row -> row.label().orElseThrow()).toArray();
        Tensor losses = CrossEntropy.apply(
                tape, logits, new CrossEntropy.Targets(on(hidden, Tensor.of(labels)), weights, smoothing));
        return new Result(losses.sum().item(), chosen.length, correct(logits, labels));
    }

    private static long correct(Tensor logits, long[] labels) {
        long[] predicted = logits.argmax().toLongs();
        long correct = 0;
        for (int i = 0; i < labels.length; i++) {
            correct += predicted[i] == labels[i] ? 1 : 0;
        }
        return correct;
    }

    private static Tensor weights(Tensor like, int count, double weight) {
        float[] weights = new float[count];
        Arrays.fill(weights, (float) weight);
        return on(like, Tensor.of(weights, count).to(like.dtype()));
    }

    private static Tensor on(Tensor like, Tensor tensor) {
        return tensor.to(like.device());
    }
}
