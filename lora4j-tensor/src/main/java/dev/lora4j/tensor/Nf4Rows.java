package dev.lora4j.tensor;

import java.util.List;
import org.bytedeco.pytorch.global.torch;

/**
 * Rows in 4-bit NormalFloat (QLoRA, arXiv 2305.14314, section 3 and appendix E), as bitsandbytes has them.
 *
 * <pre>w[i] = absmax[i / 64] · level[q[i]],   absmax of each run of 64 values of the whole matrix, row by row</pre>
 *
 * <p>The runs go on from one row to the next where 64 does not divide the width; the last may be shorter. The scales are
 * float32, without QLoRA's second quantisation.
 */
final class Nf4Rows implements CompressedRows {
    static final int BLOCK = 64;

    /** Quantiles of a normal distribution, the same number on both sides of zero. */
    private static final float[] LEVELS = {
        -1.0f,
        -0.6961928f,
        -0.52507305f,
        -0.3949175f,
        -0.28444138f,
        -0.18477343f,
        -0.091050036f,
        0.0f,
        0.0795803f,
        0.1609302f,
        0.2461123f,
        0.33791524f,
        0.44070983f,
        0.562617f,
        0.72295684f,
        1.0f
    };

    private final long count;
    private final long width;
    private final Tensor nibbles;
    private final Tensor scales;
    private final Scratch scratch;

    private Nf4Rows(long count, long width, Tensor nibbles, Tensor scales, Scratch scratch) {
        this.count = count;
        this.width = width;
        this.nibbles = nibbles;
        this.scales = scales;
        this.scratch = scratch;
    }

    static Nf4Rows of(RowSource source, long count, long width, Scope owner, Scratch scratch) {
        long values = Math.multiplyExact(count, width);
        try (Scope scope = Scope.open()) {
            Tensor nibbles = owner.keep(Tensor.empty(DType.U8, (values + 1) / 2));
            Tensor scales = owner.keep(Tensor.empty(DType.F32, (values + BLOCK - 1) / BLOCK));
            Tensor limits = limits();
            source.inRuns(count, width, (first, rows) -> {
                // runs of rows begin at multiples of 64, so at whole blocks
                long start = first * width;
                Tensor blocks = wholeBlocks(rows);
                Tensor largest = new Tensor(blocks.at().abs().amax(new long[] {1}, true));
                scales.rows(start / BLOCK, start / BLOCK + largest.size(0)).copyFrom(largest.view(-1));
                Tensor divisor =
                        new Tensor(largest.at().masked_fill(largest.at().eq(Numbers.ZERO), Numbers.ONE));
                Tensor scaled = blocks.dividedBy(divisor);
                Tensor levels = new Tensor(torch.bucketize(scaled.at(), limits.at(), true, false)).to(DType.U8);
                Tensor pairs = levels.view(-1, 2);
                Tensor packed = new Tensor(pairs.narrow(1, 0, 1)
                        .times(16)
                        .at()
                        .add(pairs.narrow(1, 1, 1).at()));
                long bytes = (rows.elements() + 1) / 2;
                nibbles.rows(start / 2, start / 2 + bytes)
                        .copyFrom(packed.view(-1).rows(0, bytes));
            });
            return new Nf4Rows(count, width, nibbles, scales, scratch);
        }
    }

    /** [blocks, 64], zeros after the last value. */
    private static Tensor wholeBlocks(Tensor rows) {
        long values = rows.elements();
        long blocks = (values + BLOCK - 1) / BLOCK;
        Tensor flat = rows.contiguous().view(values);
        if (values == blocks * BLOCK) {
            return flat.view(blocks, BLOCK);
        }
        Tensor padding = Tensor.zeros(DType.F32, blocks * BLOCK - values);
        return Tensor.concatenate(flat, padding).view(blocks, BLOCK);
    }

    /** Halfway between neighbouring levels: a value goes to the nearest, from halfway to the lower one. */
    private static Tensor limits() {
        float[] limits = new float[LEVELS.length - 1];
        for (int i = 0; i < limits.length; i++) {
            limits[i] = (LEVELS[i] + LEVELS[i + 1]) / 2;
        }
        return Tensor.of(limits, limits.length);
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public long width() {
        return width;
    }

    @Override
    public Tensor expand(long first, Tensor buffer) {
        long end = Math.min(count, first + run());
        Tensor into = buffer.rows(0, (end - first) * width).view(end - first, width);
        scratch.fill(into, first * width, this::decode);
        return into;
    }

    @Override
    public void row(long number, Tensor into) {
        scratch.fill(into, number * width, this::decode);
    }

    private void decode(long first, float[] into, int values) {
        int odd = (int) (first % 2);
        byte[] packed = new byte[(odd + values + 1) / 2];
        nibbles.readBytes(first / 2, packed);
        int blocks = Math.toIntExact((first + values - 1) / BLOCK - first / BLOCK + 1);
        float[] absmax = scales.rows(first / BLOCK, first / BLOCK + blocks).toFloats();
        int left = BLOCK - (int) (first % BLOCK);
        int at = 0;
        for (int block = 0; block < blocks; block++) {
            int end = Math.min(values, at + left);
            decodeBlock(packed, odd, into, at, end, absmax[block]);
            at = end;
            left = BLOCK;
        }
    }

    private static void decodeBlock(byte[] packed, int odd, float[] into, int start, int end, float scale) {
        // the first of two values is in the high nibble
        int i = start;
        if ((odd + i) % 2 == 1 && i < end) {
            into[i] = LEVELS[packed[(odd + i) / 2] & 0xF] * scale;
            i++;
        }
        for (int at = (odd + i) / 2; i + 1 < end; i += 2, at++) {
            int pair = packed[at];
            into[i] = LEVELS[pair >> 4 & 0xF] * scale;
            into[i + 1] = LEVELS[pair & 0xF] * scale;
        }
        if (i < end) {
            into[i] = LEVELS[packed[(odd + i) / 2] >> 4 & 0xF] * scale;
        }
    }

    @Override
    public long bytes() {
        return nibbles.elements() + scales.elements() * DType.F32.bytes();
    }

    @Override
    public List<Tensor> tensors() {
        return List.of(nibbles, scales);
    }
}
