package dev.lora4j.formats.gguf;

import dev.lora4j.formats.StoredTensor;

/**
 * The rows of a llama query or key projection in the order of transformers.
 *
 * <p>llama.cpp rotates neighbouring pairs and therefore stores each head as [headDim/2, 2] rows; transformers rotates
 * halves and has [2, headDim/2] (LlamaTensorProcessor in modeling_gguf_pytorch_utils.py). Row {@code half * n + i} of
 * a head is the stored row {@code 2 i + half}, with n = headDim/2.
 */
final class UnpermutedRows implements StoredTensor.CompressedDecoder {
    private final BlockReader stored;
    private final long rowLength;
    private final long pairs;

    /** @param headRows rows of one head, an even number */
    UnpermutedRows(BlockReader stored, long rowLength, long headRows) {
        this.stored = stored;
        this.rowLength = rowLength;
        this.pairs = headRows / 2;
    }

    @Override
    public void decode(long first, float[] into, int count) {
        long next = first;
        int at = 0;
        while (at < count) {
            long column = next % rowLength;
            int run = (int) Math.min(rowLength - column, count - at);
            stored.read(storedRow(next / rowLength) * rowLength + column, into, at, run);
            next += run;
            at += run;
        }
    }

    @Override
    public long bytes() {
        return stored.bytes();
    }

    private long storedRow(long row) {
        long head = row / (2 * pairs);
        long inHead = row % (2 * pairs);
        return head * 2 * pairs + inHead % pairs * 2 + inHead / pairs;
    }
}
