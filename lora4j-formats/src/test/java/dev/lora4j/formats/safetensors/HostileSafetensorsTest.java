package dev.lora4j.formats.safetensors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.InvalidFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers as an attacker would make them; see also {@link HeaderMemoryTest}. */
class HostileSafetensorsTest {
    private static final String TENSOR = "{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}";

    @TempDir
    private Path folder;

    private void refuses(byte[] bytes, String problem) {
        Path file = RawFile.write(folder, bytes);
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(problem);
    }

    private void refuses(String header, int dataBytes, String problem) {
        refuses(RawFile.of(header, dataBytes), problem);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void refusesAFileThatIsTooShortForAnything(int bytes) {
        refuses(new byte[bytes], "has " + bytes + " bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "100, announces a header of 100 bytes, but the file has only 10",
        "100000000, announces a header of 100000000 bytes, but the file has only 10",
        "100000001, announces a header of 100000001 bytes, the limit is 100000000",
        "-9223372036854775808, announces a header of 9223372036854775808 bytes, the limit is 100000000",
        "-1, announces a header of 18446744073709551615 bytes, the limit is 100000000",
        "9223372036854775807, announces a header of 9223372036854775807 bytes, the limit is 100000000",
        "0, has a header of 0 bytes that does not begin with {",
        "1, has a header of 1 bytes that does not begin with {"
    })
    void refusesAHeaderLengthThatCannotBe(long length, String problem) {
        refuses(RawFile.withLength(length, "{}".getBytes(UTF_8), 0), problem);
    }

    @ParameterizedTest
    @CsvSource({
        "PK\u0003\u0004abcd, zip or a PyTorch .bin",
        "\u0080\u0002}qabcd, pickle",
        "GGUFabcd, GGUF",
        "'version https://git-lfs', Git LFS pointer",
        "<!DOCTYPE html>, web page"
    })
    void saysWhatADisguisedFileReallyIs(String start, String hint) {
        refuses(start.getBytes(ISO_8859_1), hint);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0,4;2,6|overlaps the one before it",
                "0,8;0,8|they overlap",
                "0,4;6,8|leaves a gap before it",
                "2,4;4,8|leaves a gap before it",
                "0,4;4,9|outside of the file's 8 data bytes",
                "0,4;8,4|lies at 8 to 4",
                "0,4;4,6|has 2 bytes after its last tensor"
            })
    void refusesAnyLayoutButOneAfterTheOther(String offsets, String problem) {
        StringBuilder header = new StringBuilder("{\"__metadata__\":{}");
        for (String range : offsets.split(";", -1)) {
            String[] ends = range.split(",", -1);
            long size = Math.abs(Long.parseLong(ends[1]) - Long.parseLong(ends[0]));
            header.append(",\"")
                    .append(header.length())
                    .append("\":{\"dtype\":\"U8\",\"shape\":[" + size + "],\"data_offsets\":[")
                    .append(range)
                    .append("]}");
        }
        refuses(header.append('}').toString(), 8, problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[3]|is F32 [3] of 12 bytes, but has 8",
                "[]|is F32 [] of 4 bytes, but has 8",
                "[0]|of 0 bytes, but has 8",
                "[-2]|not a number from 0 to 2^63-1",
                "[2.0]|not a number from 0 to 2^63-1",
                "[2e0]|not a number from 0 to 2^63-1",
                "[\"2\"]|not a number from 0 to 2^63-1",
                "[null]|not a number from 0 to 2^63-1",
                "[[2]]|not a number from 0 to 2^63-1",
                "2|has shape that is not a list",
                "[2147483648]|of 8589934592 bytes, but has 8",
                "[9223372036854775807]|more than any file can hold",
                "[9223372036854775808]|not a number from 0 to 2^63-1",
                "[4294967296,4294967296]|more than any file can hold",
                "[4294967296,4294967296,0]|more than any file can hold",
                "[2305843009213693953]|more than any file can hold"
            })
    void refusesAShapeThatDoesNotMatchTheBytes(String shape, String problem) {
        refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[0,8]}}", 8, problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]|does not begin with {",
                "{} {}|after its JSON object",
                "{}[]|only spaces may follow",
                "{\"a\"}|not valid JSON",
                "{\"a\":1}|\"a\" is not a JSON object",
                "{\"a\":[]}|\"a\" is not a JSON object",
                "{\"a\":{}}|needs dtype, shape and two data_offsets",
                "{\"a\":{\"dtype\":\"F31\"}}|dtype \"F31\"",
                "{\"a\":{\"dtype\":7}}|dtype that is not a string",
                "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\"}}|has dtype twice",
                "{\"a\":{\"more\":{\"x\":1}}}|unknown key \"more\"",
                "{\"a\":{\"data_offsets\":[0,2,4]}}|more than 2 numbers",
                "{\"__metadata__\":{\"k\":1}}|__metadata__ \"k\" is not a string",
                "{\"__metadata__\":{\"k\":{}}}|__metadata__ \"k\" is not a string",
                "{\"__metadata__\":{\"k\":\"v\",\"k\":\"v\"}}|__metadata__ has \"k\" twice",
                "{\"__metadata__\":{},\"__metadata__\":{}}|has __metadata__ twice",
                "{\"__metadata__\":\"x\"}|is not a JSON object",
                "{NaN:{}}|not valid JSON",
                "{\"a\":/*c*/{}}|not valid JSON"
            })
    void refusesAHeaderThatIsNotWhatTheFormatSays(String header, String problem) {
        refuses(header, 0, problem);
    }

    @Test
    void refusesSpaceBeforeTheHeaderAndTabsAfterIt() {
        refuses(" {}", 0, "does not begin with {");
        refuses("{}\t", 0, "only spaces may follow");
    }

    @Test
    void refusesDuplicateNamesAlsoWhenTheyAreEscapedDifferently() {
        String empty = "{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";
        refuses("{\"ab\":" + empty + ",\"a\\u0062\":" + empty + "}", 0, "has the tensor \"ab\" twice");
    }

    @Test
    void refusesZeroBytesAsPadding() {
        refuses("{}\0\0\0\0\0\0", 0, "only spaces may follow");
        refuses("{\"a\":" + TENSOR + "}" + "\0".repeat(5000), 2, "only spaces may follow");
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        for (int[] wrong : new int[][] {{0xff}, {0xc0, 0x80}, {0xed, 0xa0, 0x80}, {0xe2, 0x82}}) {
            ByteArrayOutputStream header = new ByteArrayOutputStream();
            header.writeBytes("{\"".getBytes(UTF_8));
            for (int b : wrong) {
                header.write(b);
            }
            header.writeBytes(("\":" + TENSOR + "}").getBytes(UTF_8));
            refuses(RawFile.of(header.toByteArray(), 2), "not UTF-8");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":", "["})
    void refusesDeepNestingWithoutOverflowingTheStack(String open) {
        String deep = open.repeat(100_000);
        refuses("{\"a\":{\"shape\":" + deep + "}", 0, "");
        refuses("{\"a\":" + deep + "}", 0, "");
        refuses("{\"__metadata__\":{\"a\":" + deep + "}", 0, "");
    }

    @Test
    void refusesAStringOfFiftyMegabytes() {
        refuses("{\"__metadata__\":{\"a\":\"" + "x".repeat(50_000_000) + "\"}}", 0, "maximum allowed");
    }

    @Test
    void throwsNothingButItsOwnExceptionForAnyDamage() throws IOException {
        byte[] valid = RawFile.golden("all-types.safetensors");
        long seed = System.nanoTime();
        System.err.println("seed " + seed);
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 1000; round++) {
            byte[] damaged = Arrays.copyOf(valid, random.nextInt(4) == 0 ? random.nextInt(valid.length) : valid.length);
            for (int flips = random.nextInt(4); flips >= 0 && damaged.length > 0; flips--) {
                int place = random.nextInt(Math.min(damaged.length, 900));
                damaged[place] = (byte) random.nextInt(256);
            }
            try {
                SafetensorsFile.open(RawFile.write(folder, damaged));
            } catch (InvalidFileException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(500);
    }
}
