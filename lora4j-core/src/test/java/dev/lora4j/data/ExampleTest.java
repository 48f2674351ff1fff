package dev.lora4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

final class ExampleTest {
    private static final RowOrigin ORIGIN = new RowOrigin("data.jsonl", 7);

    @Test
    void neverLearnsTheFirstToken() {
        Example example = Example.causal(new int[] {5, 6, 7}, positions(0, 2), ORIGIN);

        assertThat(example.trained(0)).isFalse();
        assertThat(example.trained(1)).isFalse();
        assertThat(example.trained(2)).isTrue();
        assertThat(example.trainedTokens()).isEqualTo(1);
    }

    @Test
    void refusesToLearnNothing() {
        assertThatThrownBy(() -> Example.causal(new int[] {5, 6}, positions(0), ORIGIN))
                .isInstanceOf(BadRowException.class)
                .hasMessageStartingWith("data.jsonl:7: none of its 2 tokens is to be learned");
    }

    @Test
    void keepsItsOwnCopyOfWhatItWasGiven() {
        int[] tokens = {5, 6, 7};
        BitSet trained = positions(1);
        Example example = Example.causal(tokens, trained, ORIGIN);
        tokens[1] = 99;
        trained.set(2);
        example.tokens()[0] = 99;

        assertThat(example.tokens()).containsExactly(5, 6, 7);
        assertThat(example.trained(2)).isFalse();
    }

    @Test
    void holdsALabelOrANumberInThePlaceOfLearnedTokens() {
        Example classified = Example.classification(new int[] {1, 2}, new int[] {0, 1}, 3, ORIGIN);
        Example scored = Example.regression(new int[] {1, 2}, new int[0], 2.5, ORIGIN);

        assertThat(classified.label()).hasValue(3);
        assertThat(classified.type(1)).isEqualTo(1);
        assertThat(classified.trainedTokens()).isZero();
        assertThat(scored.score()).hasValue(2.5);
        assertThat(scored.label()).isEmpty();
        assertThat(scored.type(1)).isZero();
    }

    @Test
    void refusesANumberThatIsNone() {
        assertThatThrownBy(() -> Example.regression(new int[] {1}, new int[0], Double.NaN, ORIGIN))
                .isInstanceOf(BadRowException.class)
                .hasMessageContaining("NaN");
    }

    @Test
    void equalsAnotherOfTheSameContentFromAnotherPlace() {
        Example here = Example.causal(new int[] {5, 6}, positions(1), ORIGIN);
        Example there = Example.causal(new int[] {5, 6}, positions(0, 1), new RowOrigin("other.csv", 1));
        Example labelled = Example.classification(new int[] {5, 6}, new int[0], 0, ORIGIN);

        assertThat(here).isEqualTo(there).hasSameHashCodeAs(there).isNotEqualTo(labelled);
    }

    private static BitSet positions(int... positions) {
        BitSet set = new BitSet();
        for (int position : positions) {
            set.set(position);
        }
        return set;
    }
}
