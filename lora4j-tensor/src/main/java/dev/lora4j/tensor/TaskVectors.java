package dev.lora4j.tensor;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.global.torch;

/**
 * What TIES (arXiv 2306.01708) and DARE (arXiv 2311.03099) do with the changes that fine-tuning made to one weight.
 *
 * <p>Every method gives a tensor of the calling thread's scope and borrows what it gets.
 */
public final class TaskVectors {
    private TaskVectors() {}

    /**
     * The values of the largest magnitude, others zero; values as large as the smallest kept one stay too.
     *
     * @param density share of values that stay, above 0 and at most 1; at least one value stays
     */
    public static Tensor trim(Tensor vector, double density) {
        requireDensity(density);
        long count = vector.elements();
        long kept = Math.max(1, (long) (density * (double) count));
        if (kept == count) {
            return vector.copy();
        }
        try (Scope scope = Scope.open()) {
            org.bytedeco.pytorch.Tensor magnitudes = vector.at().abs();
            T_TensorTensor_T smallest = torch.kthvalue(magnitudes.reshape(count), count - kept + 1);
            return scope.give(new Tensor(vector.at().masked_fill(magnitudes.lt(smallest.get0()), Numbers.ZERO)));
        }
    }

    /**
     * Each value with a probability, and then larger by as much, so that its expectation stays; else zero.
     *
     * @param density probability of staying, above 0 and at most 1
     * @param key of the choice: the same key gives the same one
     */
    public static Tensor drop(Tensor vector, double density, long key) {
        requireDensity(density);
        try (Scope scope = Scope.open()) {
            return scope.give(new DropoutStream(1 - density, key).mask(vector).timesInPlace(vector));
        }
    }

    /**
     * The mean of {@code weight · value} over the vectors that have the elected sign, value by value.
     *
     * <p>The unweighted values vote. Where the votes are even the sign is positive; zeros agree with no sign and do not
     * count for the mean (PEFT's {@code ties}).
     *
     * @param vectors of one shape, at least one
     * @param weights one per vector, none negative
     */
    public static Tensor disjointMean(List<Tensor> vectors, double[] weights, MajoritySign majority) {
        try (Scope scope = Scope.open()) {
            org.bytedeco.pytorch.Tensor sign = elected(vectors, majority);
            Tensor sum = Tensor.zerosLike(vectors.get(0));
            Tensor voices = Tensor.zerosLike(sum);
            for (int i = 0; i < vectors.size(); i++) {
                Tensor vector = vectors.get(i);
                Tensor agrees =
                        new Tensor(vector.at().sign().eq(sign).to(vector.dtype().scalarType()));
                sum.addTimesInPlace(vector, agrees, weights[i]);
                voices.addInPlace(agrees, 1);
            }
            return scope.give(sum.dividedBy(new Tensor(voices.at().clamp_min_(new Scalar(1.0)))));
        }
    }

    /** 1 or −1 everywhere. */
    private static org.bytedeco.pytorch.Tensor elected(List<Tensor> vectors, MajoritySign majority) {
        Tensor votes = Tensor.zerosLike(vectors.get(0));
        for (Tensor vector : vectors) {
            votes.addInPlace(
                    majority == MajoritySign.TOTAL
                            ? vector
                            : new Tensor(vector.at().sign()),
                    1);
        }
        Tensor positive =
                new Tensor(votes.at().ge(new Scalar(0.0)).to(votes.dtype().scalarType()));
        return positive.timesInPlace(2).addInPlace(-1).at();
    }

    private static void requireDensity(double density) {
        if (!(density > 0 && density <= 1)) {
            throw new TensorException("density is " + density + "; expected a share above 0 and at most 1");
        }
    }
}
