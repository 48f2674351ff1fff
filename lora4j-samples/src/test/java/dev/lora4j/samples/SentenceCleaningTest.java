package dev.lora4j.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SentenceCleaningTest {
    private static final MarkedSentence GOOD = pair("He go home now.", "He goes home now.");

    @Test
    void keepsAPairThatDiffersByAWord() {
        assertThat(cleaned(GOOD)).containsExactly(GOOD);
    }

    @Test
    void dropsAPairThatDiffersByCaseOnly() {
        assertThat(cleaned(pair("He speaks english well.", "He speaks English well.")))
                .isEmpty();
    }

    @Test
    void keepsThreeToFortyWords() {
        String words = "word ".repeat(38);
        MarkedSentence shortest = pair("It go on.", "It goes on.");
        MarkedSentence longest = pair(words + "it go", words + "it goes");
        MarkedSentence tooLong = pair(words + "now it go", words + "now it goes");
        assertThat(cleaned(shortest, longest, tooLong, pair("It go.", "It goes.")))
                .containsExactly(shortest, longest);
    }

    @Test
    void dropsACorrectionThatIsAMistakeElsewhere() {
        MarkedSentence half = pair("He go to home.", "He go home now.");
        assertThat(cleaned(half, GOOD)).containsExactly(GOOD);
    }

    @Test
    void keepsTheFirstOfPairsThatShareASentence() {
        assertThat(cleaned(
                        GOOD,
                        pair("He go home now.", "He went home now."),
                        pair("He goed home now.", GOOD.corrected())))
                .containsExactly(GOOD);
    }

    @Test
    void dropsCorrectSentencesThatArePartOfAPairOrSeenBefore() {
        CorrectSentence fresh = new CorrectSentence("R", "GRAMMAR", "They go home now.");
        List<CorrectSentence> correct = List.of(
                new CorrectSentence("R", "GRAMMAR", "HE GO HOME NOW."),
                new CorrectSentence("R", "GRAMMAR", "HE GOES HOME NOW."),
                fresh,
                fresh);
        GrammarSentences cleaned = new GrammarSentences(List.of(GOOD), correct).cleaned();
        assertThat(cleaned.correct()).containsExactly(fresh);
    }

    private static List<MarkedSentence> cleaned(MarkedSentence... pairs) {
        return new GrammarSentences(List.of(pairs), List.of()).cleaned().marked();
    }

    private static MarkedSentence pair(String wrong, String corrected) {
        return new MarkedSentence("R", "GRAMMAR", wrong, corrected);
    }
}
