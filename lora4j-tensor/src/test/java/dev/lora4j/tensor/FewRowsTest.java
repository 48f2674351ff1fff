package dev.lora4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is computed in arrays for few rows is what the definition says, and what libtorch gives for many. */
class FewRowsTest {
    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    /** 3 and 4 have the mean square 12.5; the second group is zero but for ε. */
    @Test
    void theNormOfARowIsThatOfTheDefinition() {
        Tensor x = Tensor.of(new float[] {3, 4, 0, 0}, 1, 4);
        float[] y = RmsNorm.apply(Tape.inference(), x, Tensor.of(new float[] {1, 2}, 2), 1e-6)
                .toFloats();
        float root = (float) Math.sqrt(12.5);
        assertThat(y).containsExactly(new float[] {3 / root, 8 / root, 0, 0}, within(1e-6f));
    }

    /** A quarter turn of the first row's heads, none of the second's. */
    @Test
    void aHeadIsTurnedByTheAngleOfItsRow() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 4);
        Tensor cos = Tensor.of(new float[] {0, 1}, 2, 1);
        Tensor sin = Tensor.of(new float[] {1, 0}, 2, 1);
        assertThat(Rotary.apply(Tape.inference(), x, cos, sin).toFloats()).containsExactly(-2, 1, -4, 3, 5, 6, 7, 8);
    }

    @Test
    void fewRowsGiveWhatTheyGiveAmongMany() {
        Tensor weight = Random.normal(1, 1, 64);
        sameAmongMany(x -> RmsNorm.apply(Tape.inference(), x, weight, 1e-5));
        Tensor angles = Random.normal(2, 1, 40, 32);
        Tensor many = Random.normal(3, 1, 40, 128);
        Tensor all = Rotary.apply(Tape.inference(), many, angles, angles);
        Tensor few = Rotary.apply(Tape.inference(), many.rows(8, 16), angles.rows(8, 16), angles.rows(8, 16));
        assertThat(few.toFloats()).containsExactly(all.rows(8, 16).toFloats(), within(1e-5f));
    }

    private static void sameAmongMany(UnaryOperator<Tensor> operation) {
        Tensor many = Random.normal(4, 1, 40, 128);
        assertThat(FewRows.are(many)).isFalse();
        float[] all = operation.apply(many).rows(8, 16).toFloats();
        assertThat(operation.apply(many.rows(8, 16)).toFloats()).containsExactly(all, within(1e-5f));
    }
}
