package dev.lora4j.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredTensorTest {
    private static final Path FILE = Path.of("x.safetensors");

    @Test
    void countsElements() {
        assertThat(StoredTensor.elements(List.of())).isEqualTo(1);
        assertThat(StoredTensor.elements(List.of(2L, 3L, 4L))).isEqualTo(24);
        assertThat(StoredTensor.elements(List.of(1L << 31, 1L << 31))).isEqualTo(1L << 62);
        assertThat(StoredTensor.elements(List.of(5L, 0L))).isZero();
        assertThatThrownBy(() -> StoredTensor.elements(List.of(1L << 32, 1L << 32)))
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> StoredTensor.elements(List.of(-2L, -2L))).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void mapsOnlyAsManyBytesAsItsElementsHave() {
        assertThat(new StoredTensor.Mapped("a", ElementType.BF16, List.of(3L), FILE, 10, 6).elements())
                .isEqualTo(3);
        assertThatThrownBy(() -> new StoredTensor.Mapped("a", ElementType.BF16, List.of(3L), FILE, 10, 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a: 7 bytes at 10 cannot hold BF16 [3]");
        assertThatThrownBy(() -> new StoredTensor.Mapped("a", ElementType.I8, List.of(3L), FILE, -1, 3))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void knowsWhetherItsElementsAreAligned() {
        assertThat(new StoredTensor.Mapped("a", ElementType.F32, List.of(1L), FILE, 12, 4).isAligned())
                .isTrue();
        assertThat(new StoredTensor.Mapped("a", ElementType.F32, List.of(1L), FILE, 14, 4).isAligned())
                .isFalse();
        assertThat(new StoredTensor.Mapped("a", ElementType.F16, List.of(1L), FILE, 14, 2).isAligned())
                .isTrue();
    }

    @Test
    void keepsItsOwnShape() {
        List<Long> shape = new ArrayList<>(List.of(2L));
        StoredTensor tensor = new StoredTensor.Decoded("a", shape, (first, into, count) -> {});
        shape.set(0, 9L);
        assertThat(tensor.shape()).containsExactly(2L);
    }
}
