package dev.lora4j.tensor;

import org.bytedeco.pytorch.Scalar;

/**
 * Root-mean-square normalisation (arXiv 1910.07467; transformers' {@code LlamaRMSNorm}).
 *
 * <pre>
 * y = w ∘ x · ρ,  ρ = 1/√(mean(x²) + ε)         over groups of `width` neighbouring values
 * dx = ρ · (g − x · ρ² · mean(g ∘ x)),  g = dy ∘ w
 * </pre>
 */
public final class RmsNorm {
    private RmsNorm() {}

    /**
     * Applies the norm.
     *
     * @param x [rows, groups · width]; each group is normalised on its own (one group: the usual norm; one per head:
     *     the query/key norm of qwen3 and gemma3)
     * @param weight [width]
     * @return y, same shape as x
     */
    public static Tensor apply(Tape tape, Tensor x, Tensor weight, double epsilon) {
        long width = weight.size(0);
        if (FewRows.are(x) && !tape.tracks(x) && !tape.tracks(weight)) {
            return ofFewRows(x, weight, epsilon);
        }
        try (Scope scope = Scope.open()) {
            Tensor grouped = x.view(-1, width);
            Tensor scale = inverseRms(grouped, width, epsilon); // [rows · groups, 1]
            Tensor y = grouped.times(scale).timesInPlace(weight).view(x.shape());
            if (tape.tracks(x) || tape.tracks(weight)) {
                tape.record(y, dy -> backward(tape, dy, x, weight, scale), x, weight, scale);
            }
            return scope.give(y);
        }
    }

    private static Tensor ofFewRows(Tensor x, Tensor weight, double epsilon) {
        float[] values = x.toFloats();
        float[] factors = weight.toFloats();
        for (int start = 0; start < values.length; start += factors.length) {
            normalise(values, start, factors, epsilon);
        }
        return Tensor.of(values, x.shape());
    }

    private static void normalise(float[] values, int start, float[] factors, double epsilon) {
        double sum = 0;
        for (int i = 0; i < factors.length; i++) {
            sum += (double) values[start + i] * values[start + i];
        }
        float scale = (float) (1 / Math.sqrt(sum / factors.length + epsilon));
        for (int i = 0; i < factors.length; i++) {
            values[start + i] *= scale * factors[i];
        }
    }

    private static Tensor inverseRms(Tensor grouped, long width, double epsilon) {
        org.bytedeco.pytorch.Tensor meanSquare = grouped.norm(-1).at();
        meanSquare.square_().mul_(new Scalar(1.0 / width)).add_(new Scalar(epsilon));
        return new Tensor(meanSquare.rsqrt_());
    }

    private static void backward(Tape tape, Tensor dy, Tensor x, Tensor weight, Tensor scale) {
        long width = weight.size(0);
        Tensor grouped = x.view(-1, width);
        Tensor dyGrouped = dy.contiguous().view(-1, width);
        if (tape.tracks(weight)) {
            Tensor normed = grouped.times(scale);
            tape.add(weight, new Tensor(normed.timesInPlace(dyGrouped).at().sum(0)));
        }
        if (tape.tracks(x)) {
            Tensor g = dyGrouped.times(weight);
            Tensor mean = g.times(grouped).mean(-1); // mean(g ∘ x), [rows · groups, 1]
            Tensor coefficient = mean.timesInPlace(scale).timesInPlace(scale).timesInPlace(scale);
            g.timesInPlace(scale).addTimesInPlace(grouped, coefficient, -1);
            tape.add(x, g.view(x.shape()));
        }
    }
}
