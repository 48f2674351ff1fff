package dev.lora4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrefixStatesTest {
    /** A piece that goes through the heap holds 349 tokens of this width. */
    private static final int WIDTH = 750;

    private static final int TOKENS = 1000;

    @TempDir
    private Path folder;

    private static Tensor random(int tokens, long seed) {
        Random random = new Random(seed);
        float[] values = new float[tokens * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(random.nextInt()); // NaNs and denormals too
        }
        return Tensor.of(values, tokens, WIDTH);
    }

    @Test
    void whatIsReadHasTheBitsOfWhatWasWritten() {
        try (Scope scope = Scope.open();
                PrefixStates file = PrefixStatesInFile.create(folder.resolve("a/states.tmp"), TOKENS, WIDTH);
                PrefixStates memory = new PrefixStatesInMemory(TOKENS, WIDTH)) {
            Tensor low = random(720, 1);
            Tensor high = random(280, 2);
            for (PrefixStates states : List.of(file, memory)) {
                states.write(720, high);
                states.write(0, low);
                Tensor read = Tensor.empty(DType.F32, 400, WIDTH);
                states.read(500, read);
                assertThat(read.rows(0, 220).sameBits(low.rows(500, 720))).isTrue();
                assertThat(read.rows(220, 400).sameBits(high.rows(0, 180))).isTrue();
            }
        }
    }

    @Test
    void theFileIsGoneWhenItIsClosedAndTakesThePlaceOfOneLeftOver() throws IOException {
        Path path = folder.resolve("states.tmp");
        Files.writeString(path, "left over");
        try (Scope scope = Scope.open();
                PrefixStates states = PrefixStatesInFile.create(path, TOKENS, WIDTH)) {
            states.write(0, random(3, 1));
            assertThatThrownBy(() -> states.read(2, Tensor.empty(DType.F32, 2, WIDTH)))
                    .hasMessageContaining("states.tmp: cannot be read: it ends at byte 9000");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void aDiskWithoutRoomIsOneSentenceBeforeTheFirstStep() {
        assertThatThrownBy(() -> PrefixStatesInFile.create(folder.resolve("states.tmp"), 1L << 50, WIDTH))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("MB are free; make room, or set prefix-cache to less or to 0");
    }
}
