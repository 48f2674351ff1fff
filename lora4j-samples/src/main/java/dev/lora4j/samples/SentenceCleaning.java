package dev.lora4j.samples;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What makes training data out of rule examples; each sentence appears once in the result. Confined to one call.
 *
 * <p>Left out, in this order, comparing without regard to case because the embedded model has none:
 *
 * <ol>
 *   <li>a pair whose sides differ in nothing but case;
 *   <li>a sentence of fewer than 3 or more than 40 words;
 *   <li>a corrected or correct sentence that is an example of a mistake elsewhere;
 *   <li>a sentence seen before, on either side of a pair: pairs come first, then correct sentences.
 * </ol>
 */
final class SentenceCleaning {
    private static final int MIN_WORDS = 3;
    private static final int MAX_WORDS = 40;
    private static final Pattern SPACE = Pattern.compile(" ");

    private final Set<String> wrong = new HashSet<>();
    private final Set<String> seen = new HashSet<>();

    GrammarSentences clean(GrammarSentences sentences) {
        sentences.marked().forEach(sentence -> wrong.add(key(sentence.wrong())));
        List<MarkedSentence> marked = new ArrayList<>();
        for (MarkedSentence sentence : sentences.marked()) {
            if (isUsable(sentence)) {
                seen.add(key(sentence.wrong()));
                seen.add(key(sentence.corrected()));
                marked.add(sentence);
            }
        }
        List<CorrectSentence> correct = new ArrayList<>();
        for (CorrectSentence sentence : sentences.correct()) {
            String key = key(sentence.text());
            if (hasUsableLength(key) && !wrong.contains(key) && seen.add(key)) {
                correct.add(sentence);
            }
        }
        return new GrammarSentences(marked, correct);
    }

    private boolean isUsable(MarkedSentence sentence) {
        String before = key(sentence.wrong());
        String after = key(sentence.corrected());
        return !before.equals(after)
                && hasUsableLength(before)
                && !wrong.contains(after)
                && !seen.contains(before)
                && !seen.contains(after);
    }

    private static boolean hasUsableLength(String sentence) {
        long words = SPACE.splitAsStream(sentence).count();
        return words >= MIN_WORDS && words <= MAX_WORDS;
    }

    private static String key(String sentence) {
        return sentence.toLowerCase(Locale.ROOT);
    }
}
