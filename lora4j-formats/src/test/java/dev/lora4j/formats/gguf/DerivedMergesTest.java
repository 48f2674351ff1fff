package dev.lora4j.formats.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Expected orders are worked by hand from transformers' generate_merges. */
final class DerivedMergesTest {

    @Test
    void putsBetterTokensFirstAndLongerLeftPartsBeforeShorterOnes() {
        List<String> tokens = List.of("▁", "a", "b", "▁ab", "▁a", "ab");

        List<Merge> merges = DerivedMerges.of(tokens, ids(tokens), List.of(0.0, 0.0, 0.0, -3.0, -2.0, -1.0));

        assertThat(merges)
                .containsExactly(new Merge("a", "b"), new Merge("▁", "a"), new Merge("▁a", "b"), new Merge("▁", "ab"));
    }

    @Test
    void ordersTokensOfTheSameScoreByTheirPartsAndThenById() {
        List<String> tokens = List.of("x", "y", "yx", "xy", "xyx");

        List<Merge> merges = DerivedMerges.of(tokens, ids(tokens), List.of(0.0, 0.0, -1.0, -1.0, -1.0));

        assertThat(merges)
                .containsExactly(new Merge("xy", "x"), new Merge("x", "yx"), new Merge("y", "x"), new Merge("x", "y"));
    }

    @Test
    void countsCharactersOutsideTheBasicPlaneAsOne() {
        List<String> tokens = List.of("🙂", "a", "b", "🙂a", "ab", "ab🙂");

        List<Merge> merges = DerivedMerges.of(tokens, ids(tokens), List.of(0.0, 0.0, 0.0, -1.0, -1.0, -1.0));

        assertThat(merges).containsExactly(new Merge("ab", "🙂"), new Merge("🙂", "a"), new Merge("a", "b"));
    }

    @Test
    void leavesTokensOfAbsurdLengthWhole() {
        String longest = "a".repeat(DerivedMerges.MAX_TOKEN_LENGTH);
        List<String> tokens = List.of("a", "a".repeat(DerivedMerges.MAX_TOKEN_LENGTH - 1), longest, longest + "a");

        List<Merge> merges = DerivedMerges.of(tokens, ids(tokens), List.of(0.0, 0.0, 0.0, 0.0));

        assertThat(merges).containsExactly(new Merge(tokens.get(1), "a"), new Merge("a", tokens.get(1)));
    }

    private static Map<String, Integer> ids(List<String> tokens) {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            ids.put(tokens.get(id), id);
        }
        return ids;
    }
}
