package dev.lora4j.tensor;

import org.bytedeco.pytorch.GeneratorOptional;

/**
 * Where one dropout mask comes from: a stream keyed by seed and purpose, never by what was drawn before.
 *
 * <p>The same key gives the same mask, so a recomputed block and a resumed run see what the first one saw.
 *
 * @param probability of a value being dropped, in [0, 1)
 * @param key of the stream
 */
public record DropoutStream(double probability, long key) {
    /** Checks the probability. */
    public DropoutStream {
        if (!(probability >= 0 && probability < 1)) {
            throw new TensorException("dropout probability is " + probability + "; expected 0 <= p < 1");
        }
    }

    /** The stream for one purpose inside this one, such as a layer. */
    public DropoutStream forPurpose(long purpose) {
        return new DropoutStream(probability, mix(key ^ mix(purpose)));
    }

    /** Scatters the bits of a key (the finaliser of SplitMix64). */
    public static long mix(long key) {
        long z = key + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** 0 where dropped, 1/(1−p) elsewhere; same shape and device as {@code like}. */
    Tensor mask(Tensor like) {
        Tensor mask = Tensor.empty(like.dtype(), like.shape());
        mask.at().bernoulli_(1 - probability, new GeneratorOptional(Random.generator(key)));
        return mask.timesInPlace(1 / (1 - probability)).to(like.device());
    }
}
