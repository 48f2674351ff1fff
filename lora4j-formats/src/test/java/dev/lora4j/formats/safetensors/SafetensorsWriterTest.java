package dev.lora4j.formats.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.AtomicFile;
import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.FileContent;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.formats.StoredTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
    @TempDir
    private Path folder;

    @Test
    void writesTheSameBytesAsPythonWhateverTheOrder() throws IOException {
        byte[] golden = RawFile.golden("all-types.safetensors");
        List<TensorContent> tensors = new ArrayList<>();
        for (StoredTensor.Mapped tensor :
                SafetensorsFile.open(RawFile.write(folder, golden)).tensors().values()) {
            tensors.add(new TensorContent(
                    tensor.name(), tensor.type(), tensor.shape(), FileContent.bytes(RawFile.read(tensor))));
        }
        Collections.shuffle(tensors, new Random(7));
        Path written = folder.resolve("written.safetensors");
        SafetensorsWriter.write(written, tensors);
        assertThat(written).hasBinaryContent(golden);
    }

    @Test
    void writesFloatsOfAnyCount() throws IOException {
        long seed = System.nanoTime();
        System.err.println("seed " + seed);
        Random random = new Random(seed);
        for (int count : new int[] {0, 1, 4095, 4096, 4097, 10_000}) {
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = random.nextFloat();
            }
            Path file = folder.resolve("floats.safetensors");
            SafetensorsWriter.write(file, List.of(TensorContent.floats("x", List.of((long) count), values)));
            StoredTensor.Mapped tensor = SafetensorsFile.open(file).tensor("x");
            float[] read = new float[count];
            RawFile.read(tensor).asFloatBuffer().get(read);
            assertThat(read).isEqualTo(values);
            assertThat(tensor.isAligned()).isTrue();
        }
    }

    @Test
    void writesMetadataSortedAndPadsToEightBytes() throws IOException {
        Path file = folder.resolve("m.safetensors");
        FileContent content = SafetensorsWriter.content(List.of(), Map.of("z", "1", "a", "\"2\"", "m", "ü"));
        AtomicFile.write(file, content);
        assertThat(Files.readString(file).substring(8))
                .isEqualTo("{\"__metadata__\":{\"a\":\"\\\"2\\\"\",\"m\":\"ü\",\"z\":\"1\"}} ");
        assertThat(Files.size(file) % 8).isZero();
        assertThat(content.size()).hasValue(Files.size(file));
    }

    @Test
    void keepsTheOldFileWhenATensorFails() throws IOException {
        Path file = folder.resolve("x.safetensors");
        Files.writeString(file, "old");
        TensorContent fine = TensorContent.floats("a", List.of(2L), new float[2]);
        TensorContent failing = new TensorContent("b", ElementType.F32, List.of(2L), channel -> {
            throw new UncheckedIOException(new IOException("gone"));
        });
        TensorContent tooShort =
                new TensorContent("c", ElementType.F32, List.of(2L), FileContent.bytes(ByteBuffer.allocate(4)));
        assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of(fine, failing)))
                .isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of(fine, tooShort)))
                .isInstanceOf(Lora4jException.class)
                .hasMessage("the tensor \"c\" is F32 [2] of 8 bytes, but 4 were produced");
        assertThat(file).hasContent("old");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void refusesTwoTensorsOfOneName() {
        TensorContent tensor = TensorContent.floats("a", List.of(), new float[1]);
        assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("x"), Arrays.asList(tensor, tensor)))
                .isInstanceOf(Lora4jException.class)
                .hasMessage("two tensors are called \"a\"");
    }
}
