package dev.lora4j.evaluation.text;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Porter's stemmer of English words (1980) with NLTK's extensions, which rouge-score uses: {@code cities} and {@code city}
 * become {@code citi}.
 *
 * <p>A word is seen as consonants and vowels; a y is a consonant first in a word and after a vowel. Its measure m is how
 * often a vowel is followed by a consonant.
 */
final class PorterStemmer {
    private static final Map<String, String> IRREGULAR = Map.ofEntries(
            Map.entry("sky", "sky"),
            Map.entry("skies", "sky"),
            Map.entry("dying", "die"),
            Map.entry("lying", "lie"),
            Map.entry("tying", "tie"),
            Map.entry("news", "news"),
            Map.entry("innings", "inning"),
            Map.entry("inning", "inning"),
            Map.entry("outings", "outing"),
            Map.entry("outing", "outing"),
            Map.entry("cannings", "canning"),
            Map.entry("canning", "canning"),
            Map.entry("howe", "howe"),
            Map.entry("proceed", "proceed"),
            Map.entry("exceed", "exceed"),
            Map.entry("succeed", "succeed"));

    /** An ending and what takes its place. The first rule whose ending fits decides, also if its condition does not hold. */
    private record Rule(String ending, String instead) {}

    private static final List<Rule> PLURALS =
            List.of(new Rule("sses", "ss"), new Rule("ies", "i"), new Rule("ss", "ss"), new Rule("s", ""));

    private static final List<Rule> DOUBLE_SUFFIXES = List.of(
            new Rule("ational", "ate"),
            new Rule("tional", "tion"),
            new Rule("enci", "ence"),
            new Rule("anci", "ance"),
            new Rule("izer", "ize"),
            new Rule("bli", "ble"),
            new Rule("alli", "al"),
            new Rule("entli", "ent"),
            new Rule("eli", "e"),
            new Rule("ousli", "ous"),
            new Rule("ization", "ize"),
            new Rule("ation", "ate"),
            new Rule("ator", "ate"),
            new Rule("alism", "al"),
            new Rule("iveness", "ive"),
            new Rule("fulness", "ful"),
            new Rule("ousness", "ous"),
            new Rule("aliti", "al"),
            new Rule("iviti", "ive"),
            new Rule("biliti", "ble"),
            new Rule("fulli", "ful"));

    private static final List<Rule> SUFFIXES = List.of(
            new Rule("icate", "ic"),
            new Rule("ative", ""),
            new Rule("alize", "al"),
            new Rule("iciti", "ic"),
            new Rule("ical", "ic"),
            new Rule("ful", ""),
            new Rule("ness", ""));

    private static final List<String> REMOVED = List.of(
            "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate",
            "iti", "ous", "ive", "ize");

    private PorterStemmer() {}

    /** The stem of a word in small letters. */
    static String stem(String word) {
        String irregular = IRREGULAR.get(word);
        if (irregular != null) {
            return irregular;
        }
        if (word.length() <= 2) {
            return word;
        }
        String stem = withoutPast(withoutPlural(word));
        if (stem.endsWith("y") && stem.length() > 2 && isConsonant(stem, stem.length() - 2)) {
            stem = cut(stem, 1) + "i";
        }
        stem = withoutDoubleSuffix(stem);
        stem = replaced(stem, SUFFIXES, rest -> measure(rest) > 0);
        return withoutLast(withoutSuffix(stem));
    }

    private static String withoutPlural(String word) {
        return word.endsWith("ies") && word.length() == 4 ? cut(word, 1) : replaced(word, PLURALS, rest -> true);
    }

    private static String withoutPast(String word) {
        if (word.endsWith("ied")) {
            return cut(word, word.length() == 4 ? 1 : 2);
        }
        if (word.endsWith("eed")) {
            return measure(cut(word, 3)) > 0 ? cut(word, 1) : word;
        }
        for (String ending : List.of("ed", "ing")) {
            if (word.endsWith(ending) && hasVowel(cut(word, ending.length()))) {
                return completed(cut(word, ending.length()));
            }
        }
        return word;
    }

    /** Writes what {@code -ed} and {@code -ing} left as the verb is written: {@code hop}, {@code hope}, {@code fall}. */
    private static String completed(String stem) {
        char last = stem.charAt(stem.length() - 1);
        if (stem.endsWith("at") || stem.endsWith("bl") || stem.endsWith("iz")) {
            return stem + "e";
        }
        if (endsInDoubleConsonant(stem)) {
            return last == 'l' || last == 's' || last == 'z' ? stem : cut(stem, 1);
        }
        return measure(stem) == 1 && endsShort(stem) ? stem + "e" : stem;
    }

    private static String withoutDoubleSuffix(String word) {
        if (word.endsWith("alli") && measure(cut(word, 4)) > 0) {
            return withoutDoubleSuffix(cut(word, 2));
        }
        for (Rule rule : DOUBLE_SUFFIXES) {
            if (word.endsWith(rule.ending())) {
                return replaced(word, List.of(rule), rest -> measure(rest) > 0);
            }
        }
        return word.endsWith("logi") && measure(cut(word, 3)) > 0 ? cut(word, 1) : word;
    }

    private static String withoutSuffix(String word) {
        for (String ending : REMOVED) {
            if (word.endsWith(ending)) {
                String rest = cut(word, ending.length());
                boolean fits = !ending.equals("ion") || rest.endsWith("s") || rest.endsWith("t");
                return measure(rest) > 1 && fits ? rest : word;
            }
        }
        return word;
    }

    private static String withoutLast(String word) {
        String stem = word;
        if (word.endsWith("e")) {
            String rest = cut(word, 1);
            int measure = measure(rest);
            stem = measure > 1 || (measure == 1 && !endsShort(rest)) ? rest : word;
        }
        return stem.endsWith("ll") && measure(cut(stem, 1)) > 1 ? cut(stem, 1) : stem;
    }

    private static String replaced(String word, List<Rule> rules, Predicate<String> condition) {
        for (Rule rule : rules) {
            if (word.endsWith(rule.ending())) {
                String rest = cut(word, rule.ending().length());
                return condition.test(rest) ? rest + rule.instead() : word;
            }
        }
        return word;
    }

    private static String cut(String word, int letters) {
        return word.substring(0, word.length() - letters);
    }

    private static boolean isConsonant(String word, int index) {
        char letter = word.charAt(index);
        if ("aeiou".indexOf(letter) >= 0) {
            return false;
        }
        return letter != 'y' || index == 0 || !isConsonant(word, index - 1);
    }

    private static int measure(String stem) {
        int measure = 0;
        for (int i = 1; i < stem.length(); i++) {
            measure += !isConsonant(stem, i - 1) && isConsonant(stem, i) ? 1 : 0;
        }
        return measure;
    }

    private static boolean hasVowel(String stem) {
        for (int i = 0; i < stem.length(); i++) {
            if (!isConsonant(stem, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean endsInDoubleConsonant(String stem) {
        int last = stem.length() - 1;
        return last >= 1 && stem.charAt(last) == stem.charAt(last - 1) && isConsonant(stem, last);
    }

    /** Consonant, vowel and a consonant other than w, x and y; or a word of a vowel and a consonant. */
    private static boolean endsShort(String stem) {
        int last = stem.length() - 1;
        if (last == 1) {
            return !isConsonant(stem, 0) && isConsonant(stem, 1);
        }
        return last >= 2
                && isConsonant(stem, last - 2)
                && !isConsonant(stem, last - 1)
                && isConsonant(stem, last)
                && "wxy".indexOf(stem.charAt(last)) < 0;
    }
}
