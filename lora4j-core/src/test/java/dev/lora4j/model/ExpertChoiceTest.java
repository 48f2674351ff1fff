package dev.lora4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ExpertChoiceTest {
    /** Three tokens, four experts, two each, worked by hand: token 0 → 2, 0; token 1 → 0, 3; token 2 → 1, 2. */
    @Test
    void everyTokenGoesThroughItsMostProbableExperts() {
        try (Scope scope = Scope.open()) {
            float[] probabilities = {
                0.3f, 0.1f, 0.5f, 0.1f,
                0.6f, 0.1f, 0.1f, 0.2f,
                0.1f, 0.4f, 0.4f, 0.1f
            };
            ExpertChoice choice = ExpertChoice.of(Tensor.of(probabilities, 3, 4), 2);
            assertThat(choice.tokens(0)).containsExactly(0, 1);
            assertThat(choice.tokens(1)).containsExactly(2);
            assertThat(choice.tokens(2)).containsExactly(0, 2);
            assertThat(choice.tokens(3)).containsExactly(1);
            // rows one expert after another: 0 and 1 of expert 0, 2 of expert 1, 3 and 4 of expert 2, 5 of expert 3
            assertThat(choice.order()).containsExactly(3, 0, 1, 5, 2, 4);
            assertThat(choice.flat()).containsExactly(2, 0, 4, 7, 9, 10);
            assertThat(choice.firstRow(2, 0)).isZero();
            assertThat(choice.firstRow(2, 1)).isEqualTo(1);
            assertThat(choice.firstRow(2, 3)).isEqualTo(2);
        }
    }
}
