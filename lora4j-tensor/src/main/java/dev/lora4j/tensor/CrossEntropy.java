package dev.lora4j.tensor;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Cross-entropy over classes or vocabulary, with label smoothing (arXiv 1512.00567, section 7).
 *
 * <pre>
 * loss[i] = (1 − ε) · (lse − z[label]) + ε · (lse − mean(z)),  lse = log Σ exp(z)
 * dz      = weight[i] · (softmax(z) − (1 − ε) · onehot − ε / classes)
 * </pre>
 *
 * <p>The total is Σ weight[i] · loss[i]; the weights carry the normalisation (1 / labelled tokens) and differ between
 * adapters that train in one batch. The gradient is seeded on the tape at once, since the weights are known.
 */
public final class CrossEntropy {
    private static final long[] ROW = {1};
    private static final ScalarTypeOptional NO_TYPE = Numbers.forever(new ScalarTypeOptional());

    private CrossEntropy() {}

    /** What a loss is computed against: {@code labels} int64 [rows], {@code weights} [rows], ε in [0, 1). */
    public record Targets(Tensor labels, Tensor weights, double smoothing) {
        /** Checks ε. */
        public Targets {
            if (!(smoothing >= 0 && smoothing < 1)) {
                throw new TensorException("label smoothing is " + smoothing + "; expected 0 <= smoothing < 1");
            }
        }

        Targets rows(long start, long end) {
            return new Targets(labels.rows(start, end), weights.rows(start, end), smoothing);
        }
    }

    /**
     * Computes the loss of every row and seeds the gradient of the weighted sum.
     *
     * @param logits [rows, classes]
     * @return loss of every row, unweighted, [rows]
     */
    public static Tensor apply(Tape tape, Tensor logits, Targets targets) {
        try (Scope scope = Scope.open()) {
            boolean wanted = tape.tracks(logits);
            if (!wanted) {
                return scope.give(losses(logits, targets));
            }
            Tensor gradient = logits.copy();
            Tensor losses = lossesAndGradient(gradient, targets);
            tape.seed(logits, gradient);
            return scope.give(losses);
        }
    }

    /** loss of every row, [rows]. */
    static Tensor losses(Tensor logits, Targets targets) {
        org.bytedeco.pytorch.Tensor logSumExp = torch.logsumexp(logits.at(), 1); // [rows]
        org.bytedeco.pytorch.Tensor labels = targets.labels().at().unsqueeze(1);
        org.bytedeco.pytorch.Tensor target = logits.at().gather(1, labels).squeeze(1);
        org.bytedeco.pytorch.Tensor losses = logSumExp.sub(target);
        double smoothing = targets.smoothing();
        if (smoothing > 0) {
            org.bytedeco.pytorch.Tensor uniform = logSumExp.sub(logits.at().mean(1));
            losses.mul_(new Scalar(1 - smoothing)).add_(uniform, new Scalar(smoothing));
        }
        return new Tensor(losses);
    }

    /**
     * The losses, and in the logits' own memory the gradient of their weighted sum.
     *
     * @return loss of every row, unweighted, [rows]
     */
    static Tensor lossesAndGradient(Tensor logits, Targets targets) {
        org.bytedeco.pytorch.Tensor z = logits.at();
        org.bytedeco.pytorch.Tensor labels = targets.labels().at().unsqueeze(1);
        org.bytedeco.pytorch.Tensor weights = targets.weights().at().unsqueeze(1);
        double smoothing = targets.smoothing();
        org.bytedeco.pytorch.Tensor target = z.gather(1, labels); // [rows, 1], as all below that has no name z
        org.bytedeco.pytorch.Tensor uniform = smoothing > 0 ? z.mean(ROW, true, NO_TYPE) : target;
        org.bytedeco.pytorch.Tensor largest = z.amax(ROW, true);
        org.bytedeco.pytorch.Tensor sum = z.sub_(largest).exp_().sum(ROW, true, NO_TYPE);
        org.bytedeco.pytorch.Tensor expected =
                target.mul(new Scalar(1 - smoothing)).add_(uniform, new Scalar(smoothing));
        org.bytedeco.pytorch.Tensor losses = sum.log().add_(largest).sub_(expected);
        z.mul_(weights.div(sum));
        if (smoothing > 0) {
            z.sub_(weights, new Scalar(smoothing / logits.size(1)));
        }
        z.scatter_add_(1, labels, weights.mul(new Scalar(smoothing - 1)));
        return new Tensor(losses.squeeze(1));
    }
}
