package dev.lora4j.formats.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.StoredTensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFileTest {
    @TempDir
    private Path folder;

    @Test
    void readsEveryTypeThatPythonWrote() throws IOException {
        SafetensorsFile file = SafetensorsFile.open(RawFile.write(folder, RawFile.golden("all-types.safetensors")));
        assertThat(file.metadata()).containsExactly(Map.entry("format", "pt"));
        assertThat(file.tensors()).hasSize(14);
        for (ElementType type : ElementType.values()) {
            StoredTensor.Mapped tensor = file.tensor(type.name().toLowerCase(Locale.ROOT));
            assertThat(tensor.type()).isEqualTo(type);
            assertThat(tensor.shape()).containsExactly(2L, 3L);
            assertThat(tensor.bytes()).isEqualTo(6L * type.bytes());
        }
        assertThat(file.tensor("scalar").shape()).isEmpty();
        assertThat(file.tensor("scalar").elements()).isEqualTo(1);
        assertThat(file.tensor("empty").shape()).containsExactly(0L, 4L);
        assertThat(file.tensor("empty").bytes()).isZero();
    }

    @Test
    void findsTheValuesThatPythonWrote() throws IOException {
        SafetensorsFile file = SafetensorsFile.open(RawFile.write(folder, RawFile.golden("all-types.safetensors")));
        ByteBuffer f32 = RawFile.read(file.tensor("f32"));
        for (float expected : new float[] {-0.375f, 0, 0.125f, 0.25f, 0.625f, 0.875f}) {
            assertThat(f32.getFloat()).isEqualTo(expected);
        }
        ByteBuffer i64 = RawFile.read(file.tensor("i64"));
        for (long expected : new long[] {-3, 0, 1, 2, 5, 7}) {
            assertThat(i64.getLong()).isEqualTo(expected * 1_000_000_000_000L);
        }
        ByteBuffer bf16 = RawFile.read(file.tensor("bf16"));
        for (float expected : new float[] {-0.75f, 0, 0.25f, 0.5f, 1.25f, 1.75f}) {
            assertThat(Float.intBitsToFloat(bf16.getShort() << 16)).isEqualTo(expected);
        }
        assertThat(RawFile.read(file.tensor("bool")).array()).containsExactly(0, 0, 1, 1, 1, 1);
        assertThat(RawFile.read(file.tensor("scalar")).getFloat()).isEqualTo(3.5f);
        assertThat(RawFile.read(file.tensor("ü/名")).getFloat()).isEqualTo(0.25f);
    }

    @Test
    void acceptsPaddingAnyOrderAndWhitespaceWithinTheJson() {
        String header = "{ \"b\" : {\"data_offsets\":[4,6], \"shape\":[1,2],\n\"dtype\":\"U8\"},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]} }" + " ".repeat(5000);
        SafetensorsFile file = SafetensorsFile.open(RawFile.write(folder, RawFile.of(header, 6)));
        assertThat(file.tensors().keySet()).containsExactly("b", "a");
        assertThat(file.metadata()).isEmpty();
        long start = 8L + header.length();
        assertThat(file.tensor("a"))
                .isEqualTo(new StoredTensor.Mapped("a", ElementType.F32, List.of(), file.path(), start, 4));
        assertThat(file.tensor("b"))
                .isEqualTo(new StoredTensor.Mapped("b", ElementType.U8, List.of(1L, 2L), file.path(), start + 4, 2));
    }

    @Test
    void acceptsAFileWithoutTensors() {
        assertThat(SafetensorsFile.open(RawFile.write(folder, RawFile.of("{}", 0)))
                        .tensors())
                .isEmpty();
    }

    @Test
    void locatesTensorsBeyondTwoGigabytes() throws IOException {
        long big = 3_000_000_000L;
        String header = "{\"big\":{\"dtype\":\"U8\",\"shape\":[3000000000],\"data_offsets\":[0,3000000000]},"
                + "\"last\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[3000000000,3000000004]}}";
        Path path = RawFile.write(folder, RawFile.of(header, 0));
        long start = 8L + header.getBytes(UTF_8).length;
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.setLength(start + big + 4);
            sparse.seek(start + big);
            sparse.write(new byte[] {1, 2, 3, 4});
        }
        StoredTensor.Mapped last = SafetensorsFile.open(path).tensor("last");
        assertThat(last.offset()).isEqualTo(start + big);
        assertThat(RawFile.read(last).array()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void saysThatThereIsNoSuchTensor() {
        Path path = RawFile.write(folder, RawFile.of("{}", 0));
        assertThatThrownBy(() -> SafetensorsFile.open(path).tensor("x"))
                .isInstanceOf(InvalidFileException.class)
                .hasMessage(path + ": has no tensor \"x\" among its 0");
    }

    @Test
    void saysThatAFileDoesNotExist() {
        Path missing = folder.resolve("missing.safetensors");
        assertThatThrownBy(() -> SafetensorsFile.open(missing))
                .isInstanceOf(FileAccessException.class)
                .hasMessage(missing + ": cannot be read: it does not exist");
    }
}
