package dev.lora4j.tensor;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sequences of which the newest row of each attends, laid out as long as the longest of them.
 *
 * <p>Keeps the masks that its layers have asked for; holds native memory until closed.
 */
public final class LastRows implements AutoCloseable {
    private final int[] lengths;
    private final int longest;
    private final Map<Integer, Tensor> masks = new HashMap<>();
    private final Scope scope = Scope.shared();

    private LastRows(int[] lengths) {
        this.lengths = lengths;
        this.longest = Arrays.stream(lengths).max().orElseThrow();
    }

    /** Sequences of these lengths, the newest row included. */
    public static LastRows ofLengths(int... lengths) {
        return new LastRows(lengths.clone());
    }

    /** Number of sequences. */
    public int count() {
        return lengths.length;
    }

    /** Rows of a sequence. */
    public int length(int sequence) {
        return lengths[sequence];
    }

    /** Rows of the longest sequence. */
    public int longest() {
        return longest;
    }

    /**
     * 0 where a sequence has a row that its newest one may see, −∞ elsewhere.
     *
     * @param window how many rows back a row sees, itself included; 0 for all
     * @return [sequences, 1, 1, longest] of the type of {@code like}, or null if all see all
     */
    @Nullable
    Tensor mask(int window, Tensor like) {
        boolean all =
                Arrays.stream(lengths).allMatch(length -> length == longest) && (window == 0 || window >= longest);
        return all ? null : masks.computeIfAbsent(window, width -> newMask(width, like));
    }

    private Tensor newMask(int window, Tensor like) {
        float[] mask = new float[Math.multiplyExact(lengths.length, longest)];
        Arrays.fill(mask, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < lengths.length; i++) {
            int first = window == 0 ? 0 : Math.max(0, lengths[i] - window);
            Arrays.fill(mask, i * longest + first, i * longest + lengths[i], 0);
        }
        return scope.keep(Tensor.of(mask, lengths.length, 1, 1, longest).to(like.dtype()));
    }

    @Override
    public void close() {
        scope.close();
    }
}
