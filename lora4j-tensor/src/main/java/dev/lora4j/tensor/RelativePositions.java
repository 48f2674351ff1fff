package dev.lora4j.tensor;

/**
 * Which row of a table of relative positions stands for the way from one token to another.
 *
 * <p>Exact for near tokens; with buckets, far ones share rows on a logarithmic scale (transformers'
 * {@code build_relative_position} and {@code make_log_bucket_position}).
 *
 * @param span half the rows of the table; ways beyond it use its ends
 * @param buckets number of buckets, or 0 for none
 * @param longest the way that the last bucket stands for
 */
public record RelativePositions(int span, int buckets, int longest) {
    /** Checks the numbers. */
    public RelativePositions {
        if (span <= 0 || longest <= 0 || buckets < 0 || buckets == 1) {
            throw new TensorException("relative positions of span " + span + " with " + buckets + " buckets up to "
                    + longest + "; expected positive numbers, and 0 or at least 2 buckets");
        }
    }

    /** Rows for all pairs of tokens of a sequence, int64 [length, length]; element [i, j] for the way i − j. */
    public Tensor index(int length) {
        long[] rows = new long[2 * length - 1];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = row(i - (length - 1));
        }
        long[] index = new long[Math.multiplyExact(length, length)];
        for (int i = 0; i < length; i++) {
            for (int j = 0; j < length; j++) {
                index[i * length + j] = rows[i - j + length - 1];
            }
        }
        return Tensor.of(index, length, length);
    }

    /** The row for a way. */
    long row(int way) {
        long bucket = buckets > 0 ? bucket(way) : way;
        return Math.max(0, Math.min(2L * span - 1, bucket + span));
    }

    /** In float32 step by step, as torch computes it: the ceiling would show any other rounding. */
    private long bucket(int way) {
        int middle = buckets / 2;
        int distance = Math.abs(way) < middle ? middle - 1 : Math.abs(way);
        if (distance <= middle) {
            return way;
        }
        float ratio =
                (float) Math.log((float) distance / middle) / (float) Math.log((float) ((longest - 1.0) / middle));
        float bucket = (float) Math.ceil(ratio * (middle - 1)) + middle;
        return (long) (bucket * Math.signum((float) way));
    }
}
