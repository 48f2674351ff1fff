package dev.lora4j.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** On the real rule file, which is a dependency; its counts are those of Python's ElementTree on the same file. */
class LanguageToolDataTest {
    private static final GrammarSentences RAW = GrammarSentences.load();
    private static final GrammarSentences CLEAN = RAW.cleaned();
    private static final LanguageToolData DATA = LanguageToolData.of(CLEAN, RuleSplit.DEFAULT);

    @Test
    void findsEveryExampleOfTheRealFile() {
        assertThat(RAW.marked()).hasSize(8_754);
        assertThat(RAW.correct()).hasSize(13_347);
        assertThat(RAW.marked().stream().map(MarkedSentence::ruleId).distinct()).hasSize(2_424);
    }

    @Test
    void readsARealPairOfTheFile() {
        assertThat(RAW.marked())
                .contains(new MarkedSentence("DID_PAST", "GRAMMAR", "Did you forgot it?", "Did you forget it?"));
    }

    @Test
    void cleansToTheSamePairsAsTheIndependentCount() {
        assertThat(CLEAN.marked()).hasSize(8_025);
        assertThat(CLEAN.correct()).hasSize(12_134);
        assertThat(CLEAN.marked().stream().map(MarkedSentence::ruleId).distinct())
                .hasSize(2_296);
    }

    @Test
    void splitsPairsByRule() {
        assertThat(DATA.pairs(Part.TRAIN)).hasSize(4_489);
        assertThat(DATA.pairs(Part.VALIDATION)).hasSize(566);
        assertThat(DATA.pairs(Part.TEST)).hasSize(1_151);
    }

    @Test
    void sharesNeitherRuleNorSentenceBetweenParts() {
        Set<String> seen = new HashSet<>();
        int distinct = 0;
        for (Part part : Part.values()) {
            Set<String> own = DATA.pairs(part).stream()
                    .flatMap(pair -> Stream.of("rule " + pair.ruleId(), pair.wrong(), pair.corrected()))
                    .map(text -> text.toLowerCase(Locale.ROOT))
                    .collect(Collectors.toSet());
            distinct += own.size();
            seen.addAll(own);
        }
        assertThat(seen).hasSize(distinct).hasSizeGreaterThan(12_000);
    }

    @Test
    void labelsBothSidesOfEveryPair() {
        LanguageToolData one = of(pair("R", "GRAMMAR", 0));
        assertThat(one.correctness(one(one)))
                .containsExactly(
                        new LabelledText("He go home 0.", LanguageToolData.INCORRECT),
                        new LabelledText("He goes home 0.", LanguageToolData.CORRECT));
    }

    @Test
    void labelsMistakesByTheirKindAndDropsRareCategories() {
        LanguageToolData data = of(pair("R", "CONFUSED_WORDS", 0), pair("R", "SEMANTICS", 1));
        assertThat(data.mistakes(one(data))).containsExactly(new LabelledText("He go home 0.", "word"));
    }

    @Test
    void balancesKindsByTakingTurnsAndStartingAgain() {
        LanguageToolData data = of(pair("R", "TYPOS", 0), pair("R", "GRAMMAR", 1), pair("R", "GRAMMAR", 2));
        List<LabelledText> rows = data.balancedMistakes(one(data), 3);
        assertThat(rows)
                .extracting(LabelledText::label)
                .containsExactly("grammar", "word", "grammar", "word", "grammar", "word");
        assertThat(rows.get(0)).isEqualTo(rows.get(4)).isNotEqualTo(rows.get(2));
        assertThat(rows.get(1))
                .isEqualTo(new LabelledText("He go home 0.", "word"))
                .isEqualTo(rows.get(5));
    }

    @Test
    void ordersTheSamePairsByTheSeedAlone() {
        LanguageToolData again = LanguageToolData.of(CLEAN, RuleSplit.DEFAULT);
        assertThat(again.pairs(Part.TRAIN)).containsExactlyElementsOf(DATA.pairs(Part.TRAIN));
        assertThat(DATA.pairs(Part.TRAIN)).isNotEqualTo(inFileOrder(Part.TRAIN));
    }

    @Test
    void asksForTheCorrection() {
        LanguageToolData data = of(pair("R", "GRAMMAR", 0));
        assertThat(data.corrections(one(data)))
                .containsExactly(new Correction("Correct the sentence: He go home 0.", "He goes home 0."));
    }

    @Test
    void takesADozenPairsOfARuleAtMost() {
        MarkedSentence[] many =
                IntStream.range(0, 20).mapToObj(i -> pair("R", "GRAMMAR", i)).toArray(MarkedSentence[]::new);
        LanguageToolData data = of(many);
        assertThat(data.pairs(one(data)))
                .containsExactlyInAnyOrderElementsOf(List.of(many).subList(0, 12));
    }

    private static List<MarkedSentence> inFileOrder(Part part) {
        Set<MarkedSentence> taken = new HashSet<>(DATA.pairs(part));
        return CLEAN.marked().stream().filter(taken::contains).toList();
    }

    private static LanguageToolData of(MarkedSentence... pairs) {
        return LanguageToolData.of(new GrammarSentences(List.of(pairs), List.of()), RuleSplit.DEFAULT);
    }

    private static Part one(LanguageToolData data) {
        return Stream.of(Part.values())
                .filter(part -> !data.pairs(part).isEmpty())
                .findFirst()
                .orElseThrow();
    }

    private static MarkedSentence pair(String rule, String category, int number) {
        return new MarkedSentence(rule, category, "He go home " + number + ".", "He goes home " + number + ".");
    }
}
