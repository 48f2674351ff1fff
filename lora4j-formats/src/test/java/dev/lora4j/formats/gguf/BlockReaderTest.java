package dev.lora4j.formats.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BlockReaderTest {
    private static final long SEED = 8_126L;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(longs = {64, 100, 1L << 30})
    void readsAnyRangeAcrossBlocksAndSegments(long segment) throws IOException {
        byte[] blocks = BlockDecoderTest.resource("Q5_0.blocks");
        float[] all = BlockDecoderTest.floats(BlockDecoderTest.resource("Q5_0.floats"));
        BlockReader reader = reader(blocks, GgmlType.Q5_0, 7, segment);
        Random random = new Random(SEED);
        for (int i = 0; i < 300; i++) {
            int first = random.nextInt(all.length);
            int count = random.nextInt(all.length - first + 1);
            float[] into = new float[3 + count];

            reader.read(first, into, 3, count);

            assertThat(Arrays.copyOfRange(into, 3, into.length))
                    .as("seed %d, first %d, count %d", SEED, first, count)
                    .containsExactly(Arrays.copyOfRange(all, first, first + count));
        }
    }

    @Test
    void readsMoreThanOneChunk() throws IOException {
        Random random = new Random(SEED);
        byte[] values = new byte[200_000];
        random.nextBytes(values);
        LittleEndianBytes blocks = new LittleEndianBytes();
        for (int i = 0; i < values.length; i += 32) {
            blocks.u8(0x00).u8(0x38).raw(Arrays.copyOfRange(values, i, i + 32)); // 0x3800 is the half 0.5
        }
        float[] into = new float[values.length];

        reader(blocks.toArray(), GgmlType.Q8_0, 0, 1 << 20).read(0, into, 0, into.length);

        for (int i = 0; i < values.length; i++) {
            assertThat(into[i]).as("seed %d, element %d", SEED, i).isEqualTo(values[i] * 0.5f);
        }
    }

    @Test
    void refusesARangeOutsideTheTensor() throws IOException {
        BlockReader reader = reader(new byte[34 * 2], GgmlType.Q8_0, 0, 1 << 20);

        assertThatThrownBy(() -> reader.read(60, new float[8], 0, 8)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> reader.read(-1, new float[8], 0, 8)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> reader.read(0, new float[8], 4, 8)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private BlockReader reader(byte[] blocks, GgmlType type, int offset, long segment) throws IOException {
        Path file = folder.resolve("blocks");
        Files.write(
                file, new LittleEndianBytes().raw(new byte[offset]).raw(blocks).toArray());
        long elements = (long) blocks.length / type.blockBytes() * type.blockElements();
        GgufTensor tensor = new GgufTensor("t", type, List.of(elements), offset, blocks.length);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new BlockReader(MappedBytes.map(channel, segment), tensor);
        }
    }
}
