package dev.lora4j.tensor;

/** Which earlier tokens the last rows of a sequence may see, as numbers added to the scores. */
final class AttentionMask {
    private AttentionMask() {}

    /**
     * 0 where row i may see token j, −∞ elsewhere; the rows are the last of the sequence.
     *
     * @return [1, 1, rows, total], of the type and on the device of {@code like}
     */
    static Tensor of(long rows, long total, AttentionShape shape, Tensor like) {
        float[] mask = new float[Math.toIntExact(Math.multiplyExact(rows, total))];
        long shift = total - rows;
        for (int i = 0; i < rows; i++) {
            long position = i + shift;
            for (int j = 0; j < total; j++) {
                if (!sees(position, j, shape)) {
                    mask[(int) (i * total) + j] = Float.NEGATIVE_INFINITY;
                }
            }
        }
        return Tensor.of(mask, 1, 1, rows, total).to(like.dtype()).to(like.device());
    }

    private static boolean sees(long position, long other, AttentionShape shape) {
        if (shape.causal() && other > position) {
            return false;
        }
        return shape.window() == 0 || Math.abs(position - other) < shape.window();
    }
}
