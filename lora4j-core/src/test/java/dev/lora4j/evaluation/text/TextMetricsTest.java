package dev.lora4j.evaluation.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Scores worked out by hand. */
class TextMetricsTest {
    @Test
    void nistWeighsByWhatTheReferencesTell() {
        // references: a b, a c: 4 words; a twice. info(a) = log2(4/2) = 1, info(b) = 2, info(a b) = log2(2/1) = 1
        Segment segment = new Segment("a b", List.of("a b", "a c"));
        assertThat(new Nist().score(List.of(segment))).isCloseTo((1 + 2) / 2.0 + 1, within(1e-12));
    }

    @Test
    void nistIsHalvedWhereTheCandidatesHaveTwoThirdsOfTheReferencesWords() {
        // two references of 3 words: info(a) = log2(6/2), info(b) = log2(6/2), info(a b) = log2(2/2) = 0
        Segment segment = new Segment("a b", List.of("a b c", "a b d"));
        double log3 = Math.log(3) / Math.log(2);
        assertThat(new Nist().score(List.of(segment))).isCloseTo(0.5 * log3, within(1e-12));
    }

    @Test
    void nistMeansTheLengthsOverAllReferencesAndNotOverSegments() {
        // lengths 1, 1, 1 and 5: their mean is 2, that of the segments' means 3; so 4 words for two segments are enough
        Segment many = new Segment("a", List.of("a", "a", "a"));
        Segment one = new Segment("b b b", List.of("b b b b b"));
        // 8 words: info(a) = log2(8/3), info(b) = log2(8/5), info(b b) = log2(5/4), info(b b b) = log2(4/3)
        double expected = (log2(8 / 3.0) + 3 * log2(8 / 5.0)) / 4 + 2 * log2(5 / 4.0) / 2 + log2(4 / 3.0);
        assertThat(new Nist().score(List.of(many, one))).isCloseTo(expected, within(1e-12));
    }

    private static double log2(double value) {
        return Math.log(value) / Math.log(2);
    }

    @Test
    void mtevalsBleuHalvesForEachOrderWithoutAMatch() {
        // 3 words, all in the reference but not in its order: 3/3, 1/(2·2), 1/(4·1), and no 4-gram at all counts as 1
        Segment segment = new Segment("c b a", List.of("a b c"));
        assertThat(Bleu.mteval().score(List.of(segment))).isCloseTo(Math.pow(1 / 16.0, 0.25), within(1e-12));
        assertThat(Bleu.sacrebleu().score(List.of(segment))).isZero();
    }

    @Test
    void aMoveIsOneEditHoweverLongItIs() {
        Segment segment = new Segment("d e f a b c", List.of("a b c d e f"));
        assertThat(new Ter().score(List.of(segment))).isCloseTo(1 / 6.0, within(1e-12));
    }

    @Test
    void terOfAnEmptyReferenceIsOneForAnyWords() {
        assertThat(new Ter().score(List.of(new Segment("some words", List.of("")))))
                .isOne();
        assertThat(new Ter().score(List.of(new Segment("", List.of(""))))).isZero();
    }

    @Test
    void ciderOfASingleSegmentIsNothing() {
        assertThat(new Cider().score(List.of(new Segment("a b c d", List.of("a b c d")))))
                .isZero();
    }

    @Test
    void ciderOfTheReferencesThemselvesIsTen() {
        List<Segment> same = List.of(
                new Segment("one two three four", List.of("one two three four")),
                new Segment("five six seven eight", List.of("five six seven eight")));
        assertThat(new Cider().score(same)).isCloseTo(10, within(1e-12));
    }

    @Test
    void anEmptyCorpusAndATextWithoutReferencesAreRefused() {
        assertThatThrownBy(() -> new Ter().score(List.of())).hasMessageContaining("no texts to score");
        assertThatThrownBy(() -> new Segment("a", List.of())).hasMessageContaining("has no reference");
    }
}
