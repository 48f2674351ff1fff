package dev.lora4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void valuesComeBackInRowMajorOrder() {
        Tensor tensor = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        assertThat(tensor.shape()).containsExactly(2, 3);
        assertThat(tensor.transpose(0, 1).toFloats()).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(tensor.rows(1, 2).toFloats()).containsExactly(4, 5, 6);
        assertThat(Tensor.of(new long[] {7, 8}).toLongs()).containsExactly(7, 8);
        assertThat(tensor.dtype()).isEqualTo(DType.F32);
    }

    @Test
    void aWrongNumberOfValuesIsRefused() {
        assertThatThrownBy(() -> Tensor.of(new float[] {1, 2}, 3))
                .isInstanceOf(TensorException.class)
                .hasMessage("found 2 values for a tensor of shape [3]");
    }

    @Test
    void sameBitsTellsZeroFromMinusZeroAndKnowsNaN() {
        Tensor zero = Tensor.of(new float[] {0, Float.NaN}, 2);
        assertThat(zero.sameBits(zero.copy())).isTrue();
        assertThat(zero.sameBits(Tensor.of(new float[] {-0f, Float.NaN}, 2))).isFalse();
        assertThat(zero.isFinite()).isFalse();
    }

    @Test
    void randomTensorsDependOnTheKeyAlone() {
        assertThat(Random.uniform(5, 0.5, 40).toFloats())
                .isEqualTo(Random.uniform(5, 0.5, 40).toFloats());
        assertThat(Random.uniform(5, 0.5, 40).toFloats())
                .isNotEqualTo(Random.uniform(6, 0.5, 40).toFloats());
    }

    @Test
    void dropoutKeepsTheExpectation() {
        float[] mask = new DropoutStream(0.25, 3)
                .mask(Tensor.zeros(DType.F32, 100_000))
                .toFloats();
        double sum = 0;
        for (float value : mask) {
            assertThat(value == 0f || value == (float) (1 / 0.75)).isTrue();
            sum += value;
        }
        // standard error of the mean: sqrt(p / (1 - p) / n) = 0.0018
        assertThat(sum / mask.length).isBetween(0.99, 1.01);
    }

    @Test
    void aMappedFileShowsItsBytesAsTensorsAlignedOrNot(@TempDir Path folder) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(13).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 9).putFloat(1.5f).putFloat(-2f).putFloat(3f);
        Path file = Files.write(folder.resolve("x.bin"), bytes.array());
        Tensor unaligned;
        try (MappedFile mapped = MappedFile.open(file)) {
            unaligned = mapped.tensor(1, DType.F32, 3);
            assertThat(mapped.tensor(0, DType.U8, 1).toLongs()).containsExactly(9);
            assertThatThrownBy(() -> mapped.tensor(4, DType.F32, 3)).hasMessageContaining("the file has 13");
        }
        assertThat(unaligned.toFloats()).containsExactly(1.5f, -2f, 3f);
    }

    @Test
    void aDeviceThatIsNotThereIsOneClearSentence() {
        assertThatThrownBy(() -> Device.of("cuda")).hasMessageContaining("libtorch was loaded without CUDA");
        assertThatThrownBy(() -> Device.of("tpu")).hasMessageContaining("expected cpu, cuda, or cuda:N");
        assertThat(Device.of("cpu")).isEqualTo(Device.CPU);
    }
}
