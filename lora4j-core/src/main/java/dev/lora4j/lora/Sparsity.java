package dev.lora4j.lora;

import dev.lora4j.tensor.DropoutStream;
import dev.lora4j.tensor.TaskVectors;
import dev.lora4j.tensor.Tensor;

/** Which values of a change of weights stay; a density is the share that does, above 0 and at most 1. */
public sealed interface Sparsity {
    /** Those of the largest magnitude. */
    record Largest(double density) implements Sparsity {
        /** Checks the density. */
        public Largest {
            requireDensity(density);
        }

        @Override
        public Tensor apply(Tensor delta, long purpose) {
            return TaskVectors.trim(delta, density);
        }
    }

    /** Random ones, scaled so that the expectation stays; the same seed chooses the same ones. */
    record Random(double density, long seed) implements Sparsity {
        /** Checks the density. */
        public Random {
            requireDensity(density);
        }

        @Override
        public Tensor apply(Tensor delta, long purpose) {
            return TaskVectors.drop(delta, density, DropoutStream.mix(seed ^ DropoutStream.mix(purpose)));
        }
    }

    /**
     * Makes a change sparse.
     *
     * @param delta [out, in], borrowed
     * @param purpose tells the draws for different changes apart
     * @return [out, in], of the calling thread's scope
     */
    Tensor apply(Tensor delta, long purpose);

    private static void requireDensity(double density) {
        if (!(density > 0 && density <= 1)) {
            throw new AdapterException("density is " + density + "; expected a share above 0 and at most 1");
        }
    }
}
