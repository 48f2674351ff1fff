package dev.lora4j.tensor;

/**
 * How an attention layer reads its flat rows.
 *
 * @param heads of the queries
 * @param keyValueHeads of keys and values; each serves heads / keyValueHeads query heads
 * @param headDim width of a head
 * @param scale of the scores, usually 1/√headDim
 * @param causal whether a token sees only itself and what is before it
 * @param window how many tokens back a token sees, itself included; 0 for all
 * @param softcap c of {@code c · tanh(score / c)}; 0 for none
 */
public record AttentionShape(
        int heads, int keyValueHeads, int headDim, double scale, boolean causal, int window, double softcap) {
    /** Checks that the heads divide. */
    public AttentionShape {
        if (heads <= 0 || keyValueHeads <= 0 || heads % keyValueHeads != 0 || headDim <= 0) {
            throw new TensorException(heads + " query heads and " + keyValueHeads + " key/value heads of width "
                    + headDim + "; expected positive numbers, the first a multiple of the second");
        }
        if (window < 0 || softcap < 0) {
            throw new TensorException("window is " + window + " and softcap " + softcap + "; expected 0 or more");
        }
    }

    /** All tokens see each other; scale 1/√headDim. */
    public static AttentionShape bidirectional(int heads, int headDim) {
        return new AttentionShape(heads, heads, headDim, 1 / Math.sqrt(headDim), false, 0, 0);
    }

    /** A token sees what is before it; scale 1/√headDim. */
    public static AttentionShape causal(int heads, int keyValueHeads, int headDim) {
        return new AttentionShape(heads, keyValueHeads, headDim, 1 / Math.sqrt(headDim), true, 0, 0);
    }

    /** True if sequences of this many tokens need a mask beyond the plain causal one. */
    boolean windowBinds(long tokens) {
        return window > 0 && window < tokens;
    }
}
