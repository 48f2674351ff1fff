package dev.lora4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LibtorchTest {
    @Test
    void givesWhatTheWorkGivesAndTensorsCanBeMadeThen() {
        assertThat(Libtorch.loadedDuring(() -> "done")).isEqualTo("done");
        try (Scope scope = Scope.open()) {
            assertThat(Tensor.of(new float[] {1, 2}, 2).sum().item()).isEqualTo(3);
        }
    }

    @Test
    void throwsWhatTheWorkThrows() {
        IllegalStateException failure = new IllegalStateException("no tokenizer");
        assertThatThrownBy(() -> Libtorch.loadedDuring(() -> {
                    throw failure;
                }))
                .isSameAs(failure);
    }
}
