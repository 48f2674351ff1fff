package dev.lora4j.formats.gguf;

import dev.lora4j.formats.StoredTensor;
import java.util.Objects;

/** The elements of one stored tensor as float32, at any position; safe for several threads. */
final class BlockReader implements StoredTensor.CompressedDecoder {
    private static final int CHUNK_BYTES = 1 << 16;

    private final MappedBytes bytes;
    private final GgufTensor tensor;
    private final BlockDecoder decoder;
    private final int blockElements;
    private final int blockBytes;

    BlockReader(MappedBytes bytes, GgufTensor tensor) {
        this.bytes = bytes;
        this.tensor = tensor;
        this.decoder = BlockDecoder.of(tensor.type());
        this.blockElements = tensor.type().blockElements();
        this.blockBytes = tensor.type().blockBytes();
    }

    @Override
    public void decode(long first, float[] into, int count) {
        read(first, into, 0, count);
    }

    @Override
    public long bytes() {
        return tensor.bytes();
    }

    /** Writes {@code count} elements from the flat element {@code first} on to {@code into}, starting at {@code at}. */
    void read(long first, float[] into, int at, int count) {
        Objects.checkFromIndexSize(first, (long) count, tensor.elements());
        Objects.checkFromIndexSize(at, count, into.length);
        long next = first;
        int to = at;
        int left = count;
        while (left > 0) {
            boolean whole = next % blockElements == 0 && left >= blockElements;
            int done = whole ? wholeBlocks(next, into, to, left) : partOfBlock(next, into, to, left);
            next += done;
            to += done;
            left -= done;
        }
    }

    private int wholeBlocks(long first, float[] into, int at, int count) {
        int blocks = count / blockElements;
        int perChunk = Math.min(blocks, CHUNK_BYTES / blockBytes);
        byte[] chunk = new byte[perChunk * blockBytes];
        long position = tensor.offset() + first / blockElements * blockBytes;
        int to = at;
        for (int done = 0; done < blocks; done += perChunk) {
            int run = Math.min(perChunk, blocks - done);
            bytes.copy(position, chunk, 0, run * blockBytes);
            decoder.decode(chunk, run, into, to);
            position += (long) run * blockBytes;
            to += run * blockElements;
        }
        return blocks * blockElements;
    }

    private int partOfBlock(long first, float[] into, int at, int count) {
        byte[] block = new byte[blockBytes];
        float[] values = new float[blockElements];
        bytes.copy(tensor.offset() + first / blockElements * blockBytes, block, 0, blockBytes);
        decoder.decode(block, 1, values, 0);
        int skip = (int) (first % blockElements);
        int run = Math.min(count, blockElements - skip);
        System.arraycopy(values, skip, into, at, run);
        return run;
    }
}
