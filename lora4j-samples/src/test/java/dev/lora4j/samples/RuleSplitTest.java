package dev.lora4j.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RuleSplitTest {
    @Test
    void givesEachPartItsShareOfTheRules() {
        Map<Part, Long> counts = IntStream.range(0, 10_000)
                .mapToObj(i -> RuleSplit.DEFAULT.partOf("RULE_" + i))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        // five standard deviations of a binomial count are at most 230
        assertThat(counts.get(Part.TRAIN)).isBetween(6_770L, 7_230L);
        assertThat(counts.get(Part.VALIDATION)).isBetween(770L, 1_230L);
        assertThat(counts.get(Part.TEST)).isBetween(1_770L, 2_230L);
    }

    /** Expected by Python: {@code int.from_bytes(sha256(b"0:DID_PAST").digest()[:8], "big") % 100} is 7, 78 and 86. */
    @Test
    void followsTheHashThatItDocuments() {
        assertThat(RuleSplit.DEFAULT.partOf("DID_PAST")).isEqualTo(Part.TRAIN);
        assertThat(RuleSplit.DEFAULT.partOf("FEE_FREE")).isEqualTo(Part.VALIDATION);
        assertThat(new RuleSplit(1, 70, 10).partOf("IT_IS")).isEqualTo(Part.TEST);
    }

    @Test
    void refusesSharesThatLeaveNoTest() {
        assertThatThrownBy(() -> new RuleSplit(0, 90, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("train 90 % and validation 10 % leave no room");
    }
}
