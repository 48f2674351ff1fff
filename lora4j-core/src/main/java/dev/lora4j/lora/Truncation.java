package dev.lora4j.lora;

/** How many singular values of a low-rank product are kept, largest first. */
public sealed interface Truncation {
    /** What float32 cannot hold beside the largest singular value counts as zero. */
    double ROUNDING = 0x1p-24;

    /** All that are not zero to float32's rounding: the smallest rank that holds the same product. */
    record Exact() implements Truncation {
        @Override
        public int count(double[] values) {
            int count = 0;
            while (count < values.length && values[count] > ROUNDING * values[0]) {
                count++;
            }
            return Math.max(1, count);
        }
    }

    /** A fixed number of them, or all if there are fewer. */
    record ToRank(int rank) implements Truncation {
        /** Checks the number. */
        public ToRank {
            if (rank < 1) {
                throw new AdapterException("rank is " + rank + "; expected at least 1");
            }
        }

        @Override
        public int count(double[] values) {
            return Math.min(rank, values.length);
        }
    }

    /** As many as it takes to hold a share of the energy, the sum of the squares of all. */
    record ToEnergy(double share) implements Truncation {
        /** Checks the share. */
        public ToEnergy {
            if (!(share > 0 && share <= 1)) {
                throw new AdapterException("energy is " + share + "; expected a share above 0 and at most 1");
            }
        }

        @Override
        public int count(double[] values) {
            double wanted = share * SingularValues.energy(values, 0);
            int count = new Exact().count(values);
            while (count > 1 && energyOfFirst(values, count - 1) >= wanted) {
                count--;
            }
            return count;
        }

        private static double energyOfFirst(double[] values, int count) {
            return SingularValues.energy(values, 0) - SingularValues.energy(values, count);
        }
    }

    /**
     * How many to keep.
     *
     * @param values largest first, at least one
     * @return at least 1
     */
    int count(double[] values);
}
