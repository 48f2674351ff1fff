package dev.lora4j.tensor;

/**
 * Rotary position embedding (arXiv 2104.09864; transformers' {@code apply_rotary_pos_emb}, halves rotated together).
 *
 * <pre>
 * y₁ = x₁ ∘ cos − x₂ ∘ sin,  y₂ = x₂ ∘ cos + x₁ ∘ sin      x₁, x₂: the two halves of each head
 * dx is dy rotated back: the same with −sin
 * </pre>
 */
public final class Rotary {
    private Rotary() {}

    /**
     * Rotates every head of every row.
     *
     * @param x [rows, heads · headDim]
     * @param cos [rows, headDim / 2]
     * @param sin [rows, headDim / 2]
     * @return y, same shape as x
     */
    public static Tensor apply(Tape tape, Tensor x, Tensor cos, Tensor sin) {
        if (!tape.tracks(x) && FewRows.are(x)) {
            return ofFewRows(x, cos, sin);
        }
        try (Scope scope = Scope.open()) {
            Tensor y = rotate(x, cos, sin, 1);
            if (tape.tracks(x)) {
                tape.record(y, dy -> tape.add(x, rotate(dy.contiguous(), cos, sin, -1)), cos, sin);
            }
            return scope.give(y);
        }
    }

    private static Tensor ofFewRows(Tensor x, Tensor cos, Tensor sin) {
        float[] values = x.toFloats();
        float[] c = cos.toFloats();
        float[] s = sin.toFloats();
        int half = Math.toIntExact(cos.size(1));
        int width = Math.toIntExact(x.size(1));
        for (int first = 0; first < values.length; first += 2 * half) {
            int angle = first / width * half;
            for (int i = 0; i < half; i++) {
                float x1 = values[first + i];
                float x2 = values[first + half + i];
                values[first + i] = x1 * c[angle + i] - x2 * s[angle + i];
                values[first + half + i] = x2 * c[angle + i] + x1 * s[angle + i];
            }
        }
        return Tensor.of(values, x.shape());
    }

    private static Tensor rotate(Tensor x, Tensor cos, Tensor sin, int direction) {
        long rows = x.size(0);
        long half = cos.size(1);
        Tensor c = cos.view(rows, 1, half);
        Tensor s = sin.view(rows, 1, half);
        Tensor halves = x.view(rows, -1, 2, half); // [rows, heads, 2, half]
        Tensor first = new Tensor(halves.at().select(2, 0));
        Tensor second = new Tensor(halves.at().select(2, 1));
        Tensor y = new Tensor(org.bytedeco.pytorch.global.torch.empty_like(halves.at()));
        write(y, 0, first, c).addTimesInPlace(second, s, -direction);
        write(y, 1, second, c).addTimesInPlace(first, s, direction);
        return y.view(x.shape());
    }

    /** Writes {@code half ∘ cos} into one half of the result and returns that half as a view. */
    private static Tensor write(Tensor y, int which, Tensor half, Tensor cos) {
        org.bytedeco.pytorch.Tensor target = y.at().select(2, which);
        org.bytedeco.pytorch.global.torch.mul_out(target, half.at(), cos.at());
        return new Tensor(target);
    }
}
