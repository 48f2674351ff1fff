package dev.lora4j.formats.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Expected values are made by parity/make_gguf_golden.py with the Python package gguf. */
final class BlockDecoderTest {

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "(Q|IQ|F16|BF16).*")
    void decodesToTheSameBitsAsThePythonPackage(GgmlType type) {
        byte[] blocks = resource(type + ".blocks");
        float[] expected = floats(resource(type + ".floats"));
        int count = blocks.length / type.blockBytes();

        float[] decoded = new float[expected.length];
        BlockDecoder.of(type).decode(blocks, count, decoded, 0);

        assertThat(count * type.blockElements()).isEqualTo(expected.length);
        assertThat(bits(decoded)).containsExactly(bits(expected));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "(Q|IQ|F16|BF16).*")
    void writesOnlyItsBlocksAndOnlyFromTheGivenPositionOn(GgmlType type) {
        float[] expected = floats(resource(type + ".floats"));
        int elements = type.blockElements();
        float[] decoded = new float[5 + 2 * elements];
        Arrays.fill(decoded, Float.MAX_VALUE);

        BlockDecoder.of(type).decode(resource(type + ".blocks"), 1, decoded, 5);

        assertThat(Arrays.copyOfRange(decoded, 5, 5 + elements)).containsExactly(Arrays.copyOf(expected, elements));
        assertThat(Arrays.copyOf(decoded, 5)).containsOnly(Float.MAX_VALUE);
        assertThat(Arrays.copyOfRange(decoded, 5 + elements, decoded.length)).containsOnly(Float.MAX_VALUE);
    }

    static byte[] resource(String name) {
        try (InputStream in = BlockDecoderTest.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static float[] floats(byte[] bytes) {
        float[] floats = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }
}
