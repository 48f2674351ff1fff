package dev.lora4j.formats.gguf;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.Lora4jException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers of the classes of CVE-2024-21802, -23496, -25664 to -25668, CVE-2025-53630 and CVE-2026-7482. */
@Timeout(20)
final class HostileGgufTest {
    private static final long SEED = 20_261L;
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int F32 = 0;

    @TempDir
    private Path folder;

    @Test
    void refusesAFileThatIsNotThere() {
        assertThatThrownBy(() -> GgufFile.open(folder.resolve("none.gguf"))).isInstanceOf(FileAccessException.class);
    }

    @Test
    void refusesAValidFileThatIsCutAnywhere() throws IOException {
        byte[] valid = Files.readAllBytes(TinyModels.llama().write(folder));
        for (int length = 0; length < valid.length; length += 7) {
            assertInvalid(Arrays.copyOf(valid, length), "model.gguf");
        }
    }

    @Test
    void givesOnlyDeclaredExceptionsForDamagedFiles() throws IOException {
        byte[] valid = Files.readAllBytes(TinyModels.llama().write(folder));
        Random random = new Random(SEED);
        for (int round = 0; round < 700; round++) {
            byte[] damaged = valid.clone();
            for (int i = 0; i <= random.nextInt(4); i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            openOrRefuse(damaged, "seed " + SEED + ", round " + round);
        }
    }

    @Test
    void refusesAnotherMagicNumber() {
        assertInvalid(new byte[64], "0x00000000", "no GGUF file");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4, 0xFFFFFFFFL})
    void refusesAVersionItDoesNotKnow(long version) {
        assertInvalid(start(version, 0, 0).u64(0).toArray(), "version " + version, "expected 2 or 3");
    }

    @Test
    void namesABigEndianFile() {
        assertInvalid(start(0x03000000L, 0, 0).u64(0).toArray(), "big-endian");
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 100_000, 100_001, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, -1})
    void refusesMoreTensorsOrKeysThanTheFileCanHold(long count) {
        String stated = Long.toUnsignedString(count);
        assertInvalid(start(3, count, 0).u64(0).u64(0).toArray(), "number of tensors is " + stated);
        assertInvalid(start(3, 0, count).u64(0).u64(0).toArray(), "number of metadata keys is " + stated);
    }

    @ParameterizedTest
    @ValueSource(longs = {25, 65_536, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, -1})
    void refusesAStringLongerThanTheFile(long length) {
        String stated = Long.toUnsignedString(length);
        assertInvalid(start(3, 0, 1).u64(length).u64(0).toArray(), "length of metadata key 0 is " + stated);
        assertInvalid(key("k", STRING).u64(length).u64(0).toArray(), "length of metadata \"k\" is " + stated);
        assertInvalid(start(3, 1, 0).u64(length).u64(0).u64(0).u64(0).toArray(), "length of tensor name is " + stated);
    }

    @ParameterizedTest
    @ValueSource(longs = {9, 1L << 23, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, -1})
    void refusesAnArrayLongerThanTheFile(long count) {
        for (int type = 0; type <= 12; type++) {
            assertInvalid(
                    key("k", ARRAY).u32(type).u64(count).u64(0).toArray(),
                    "number of elements of metadata \"k\" is " + Long.toUnsignedString(count));
        }
    }

    @Test
    void refusesNestedArraysOfAnyDepth() {
        LittleEndianBytes nested = key("k", ARRAY);
        for (int depth = 0; depth < 100_000; depth++) {
            nested.u32(ARRAY).u64(1);
        }
        assertInvalid(nested.toArray(), "array of arrays");
    }

    @ParameterizedTest
    @ValueSource(longs = {13, 0x7FFFFFFFL, 0xFFFFFFFFL})
    void refusesAValueTypeItDoesNotKnow(long type) {
        assertInvalid(start(3, 0, 1).string("k").u32(type).u64(0).toArray(), "type of metadata \"k\" is " + type);
    }

    @Test
    void refusesTextThatIsNotUtf8() {
        assertInvalid(key("k", STRING).u64(2).u8(0xC3).u8(0x28).toArray(), "metadata \"k\"", "not UTF-8");
    }

    @Test
    void refusesABoolThatIsNeitherTrueNorFalse() {
        assertInvalid(key("k", 7).u8(2).toArray(), "metadata \"k\" is a bool of value 2");
    }

    @Test
    void refusesANumberThatNoLongHolds() {
        assertInvalid(key("k", 10).u64(-1).toArray(), "metadata \"k\" is 18446744073709551615");
    }

    @Test
    void refusesAKeyThatAppearsTwice() throws IOException {
        Path file = new GgufWriter().whole("k", 1).whole("k", 2).write(folder);
        assertThatThrownBy(() -> GgufFile.open(file))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("metadata \"k\" appears twice");
    }

    @Test
    void showsNamesShortAndWithoutControlCharacters() {
        String name = "\u001B[2J" + "x".repeat(1_000);
        assertInvalid(
                start(3, 0, 1).string(name).u32(99).toArray(),
                "type of metadata \"?[2J" + "x".repeat(96) + "…\" is 99");
    }

    @Test
    void refusesATensorThatAppearsTwice() throws IOException {
        Path file = new GgufWriter()
                .floats("a", List.of(1), 1)
                .floats("a", List.of(1), 2)
                .write(folder);
        assertThatThrownBy(() -> GgufFile.open(file))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("tensor \"a\" appears twice");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4, 24, 33, 1L << 21, 0xFFFFFFFFL})
    void refusesAnAlignmentThatIsNoSmallPowerOfTwo(long alignment) throws IOException {
        Path file = new GgufWriter().whole("general.alignment", alignment).write(folder);
        assertThatThrownBy(() -> GgufFile.open(file))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("\"general.alignment\" is " + alignment);
    }

    @Test
    void refusesMoreThanFourDimensions() {
        assertInvalid(tensor(F32, 0, 1, 1, 1, 1, 1), "\"t\" has 5 dimensions");
        assertInvalid(
                start(3, 1, 0).string("t").u32(0xFFFFFFFFL).u64(1).u64(1).u64(1).toArray(), "4294967295 dimensions");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void refusesADimensionBelowOne(long size) {
        assertInvalid(tensor(F32, 0, 4, size), "\"t\" has a dimension of size " + Long.toUnsignedString(size));
    }

    @Test
    void refusesAProductOfDimensionsThatWraps() {
        assertInvalid(tensor(F32, 0, 1L << 32, 1L << 32), "more elements than 2^63-1");
        assertInvalid(tensor(F32, 0, 1L << 62), "more elements than 2^63-1");
        assertInvalid(tensor(F32, 0, 0x4000000000000001L, 4), "more elements than 2^63-1");
    }

    @Test
    void refusesATensorLargerThanTheFile() {
        assertInvalid(tensor(F32, 0, 1 << 30), "\"t\" takes 4294967296 bytes");
        assertInvalid(tensor(F32, 0, 1L << 60), "\"t\" takes 4611686018427387904 bytes");
    }

    @ParameterizedTest
    @ValueSource(longs = {1 << 20, Long.MAX_VALUE - 31})
    void refusesAnOffsetBehindTheEndOfTheFile(long offset) {
        assertInvalid(tensor(F32, offset, 4), "at data offset " + offset);
    }

    @Test
    void refusesANegativeOrUnalignedOffset() {
        assertInvalid(tensor(F32, -32, 4), "offset of tensor \"t\" is 18446744073709551584");
        assertInvalid(tensor(F32, 4, 4), "expected a multiple of the alignment 32");
    }

    @Test
    void refusesTensorsThatOverlap() {
        LittleEndianBytes file = start(3, 2, 0);
        file.string("a").u32(1).u64(16).u32(F32).u64(0);
        file.string("b").u32(1).u64(16).u32(F32).u64(32);
        assertInvalid(file.padTo(32).raw(new byte[96]).toArray(), "\"a\" and \"b\" overlap");
    }

    @Test
    void namesATypeThatIsNotSupported() {
        assertInvalid(tensor(16, 0, 256), "\"t\" has type 16 (IQ2_XXS)");
        assertInvalid(tensor(31, 0, 256), "\"t\" has type 31 (unknown)");
        assertInvalid(tensor(-1, 0, 256), "\"t\" has type 4294967295 (unknown)");
    }

    @Test
    void refusesRowsThatAreNoWholeBlocks() {
        assertInvalid(tensor(2, 0, 48, 2), "rows of 48 elements, expected a multiple of 32 for Q4_0");
    }

    private static LittleEndianBytes start(long version, long tensors, long keys) {
        return new LittleEndianBytes()
                .raw(new byte[] {'G', 'G', 'U', 'F'})
                .u32(version)
                .u64(tensors)
                .u64(keys);
    }

    private static LittleEndianBytes key(String key, int type) {
        return start(3, 0, 1).string(key).u32(type);
    }

    private static byte[] tensor(int type, long offset, long... innermostFirst) {
        LittleEndianBytes file = start(3, 1, 0).string("t").u32(innermostFirst.length);
        for (long size : innermostFirst) {
            file.u64(size);
        }
        return file.u32(type).u64(offset).padTo(32).raw(new byte[128]).toArray();
    }

    private void assertInvalid(byte[] content, String... parts) {
        assertThatThrownBy(() -> GgufFile.open(Files.write(folder.resolve("model.gguf"), content)))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContainingAll(parts);
    }

    private void openOrRefuse(byte[] content, String label) throws IOException {
        Path file = Files.write(folder.resolve("model.gguf"), content);
        try (GgufModelFiles model = GgufModelFiles.open(file)) {
            model.tokenizerJson();
        } catch (Lora4jException e) {
            return;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw new AssertionError(label, e);
        }
    }
}
