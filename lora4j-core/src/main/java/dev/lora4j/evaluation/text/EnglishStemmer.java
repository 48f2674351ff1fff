package dev.lora4j.evaluation.text;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Snowball's stemmer of English words (Porter2), which METEOR uses: {@code generously} becomes {@code generous}.
 *
 * <p>R1 is what follows the first consonant after a vowel, R2 the same within R1. A y that is a consonant is written Y.
 */
final class EnglishStemmer {
    private static final Map<String, String> EXCEPTIONS = Map.ofEntries(
            Map.entry("skis", "ski"),
            Map.entry("skies", "sky"),
            Map.entry("dying", "die"),
            Map.entry("lying", "lie"),
            Map.entry("tying", "tie"),
            Map.entry("idly", "idl"),
            Map.entry("gently", "gentl"),
            Map.entry("ugly", "ugli"),
            Map.entry("early", "earli"),
            Map.entry("only", "onli"),
            Map.entry("singly", "singl"),
            Map.entry("sky", "sky"),
            Map.entry("news", "news"),
            Map.entry("howe", "howe"),
            Map.entry("atlas", "atlas"),
            Map.entry("cosmos", "cosmos"),
            Map.entry("bias", "bias"),
            Map.entry("andes", "andes"));

    private static final Set<String> STAY = Set.of(
            "inning",
            "innings",
            "outing",
            "outings",
            "canning",
            "cannings",
            "herring",
            "herrings",
            "earring",
            "earrings",
            "proceed",
            "proceeds",
            "exceed",
            "exceeds",
            "succeed",
            "succeeds");

    private static final Pattern REGION = Pattern.compile("[aeiouy][^aeiouy]");
    private static final Pattern LONG_BEGINNING = Pattern.compile("^(?:gener|commun|arsen)");
    private static final Pattern SHORT_SYLLABLE =
            Pattern.compile(".*[^aeiouy][aeiouy][^aeiouywxY]$|^[aeiouy][^aeiouy]$");
    private static final Pattern DOUBLE = Pattern.compile("(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$");

    private record Rule(String ending, String instead) {}

    private static final List<Rule> STEP_2 = List.of(
            new Rule("ization", "ize"),
            new Rule("ational", "ate"),
            new Rule("fulness", "ful"),
            new Rule("ousness", "ous"),
            new Rule("iveness", "ive"),
            new Rule("tional", "tion"),
            new Rule("biliti", "ble"),
            new Rule("lessli", "less"),
            new Rule("entli", "ent"),
            new Rule("ation", "ate"),
            new Rule("alism", "al"),
            new Rule("aliti", "al"),
            new Rule("ousli", "ous"),
            new Rule("iviti", "ive"),
            new Rule("fulli", "ful"),
            new Rule("enci", "ence"),
            new Rule("anci", "ance"),
            new Rule("abli", "able"),
            new Rule("izer", "ize"),
            new Rule("ator", "ate"),
            new Rule("alli", "al"),
            new Rule("bli", "ble"));

    private static final List<Rule> STEP_3 = List.of(
            new Rule("ational", "ate"),
            new Rule("tional", "tion"),
            new Rule("alize", "al"),
            new Rule("icate", "ic"),
            new Rule("iciti", "ic"),
            new Rule("ical", "ic"),
            new Rule("ness", ""),
            new Rule("ful", ""));

    private static final List<String> STEP_4 = List.of(
            "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize",
            "ion", "al", "er", "ic");

    private String word;
    private int first;
    private int second;

    private EnglishStemmer(String word) {
        this.word = word;
    }

    /** The stem of a word in small letters. */
    static String stem(String word) {
        if (word.length() <= 2) {
            return word;
        }
        String exception = EXCEPTIONS.get(word);
        return exception == null ? new EnglishStemmer(word).stem() : exception;
    }

    private String stem() {
        if (word.startsWith("'")) {
            word = word.substring(1);
        }
        word = word.replaceAll("^y", "Y").replaceAll("([aeiouy])y", "$1Y");
        Matcher start = LONG_BEGINNING.matcher(word);
        first = start.find() ? start.end() : region(0);
        second = region(first);
        possessive();
        plural();
        if (STAY.contains(word)) {
            return word;
        }
        past();
        if (word.length() > 2 && word.matches(".*[^aeiouy][yY]$")) {
            word = cut(1) + "i";
        }
        doubleSuffix();
        suffix();
        removed();
        last();
        return word.replace('Y', 'y');
    }

    private int region(int from) {
        Matcher matcher = REGION.matcher(word);
        return matcher.find(Math.min(from, word.length())) ? matcher.end() : word.length();
    }

    private String cut(int letters) {
        return word.substring(0, word.length() - letters);
    }

    private boolean inFirst(String ending) {
        return word.length() - ending.length() >= first;
    }

    private boolean inSecond(String ending) {
        return word.length() - ending.length() >= second;
    }

    private void possessive() {
        for (String ending : List.of("'s'", "'s", "'")) {
            if (word.endsWith(ending)) {
                word = cut(ending.length());
                return;
            }
        }
    }

    private void plural() {
        if (word.endsWith("sses")) {
            word = cut(2);
        } else if (word.endsWith("ied") || word.endsWith("ies")) {
            word = cut(word.length() > 4 ? 2 : 1);
        } else if (word.endsWith("s") && !word.endsWith("us") && !word.endsWith("ss") && hasVowel(cut(2))) {
            word = cut(1);
        }
    }

    private static boolean hasVowel(String part) {
        return part.matches(".*[aeiouy].*");
    }

    private void past() {
        for (String ending : List.of("eedly", "ingly", "edly", "eed", "ing", "ed")) {
            if (!word.endsWith(ending)) {
                continue;
            }
            if (ending.startsWith("eed")) {
                word = inFirst(ending) ? cut(ending.length()) + "ee" : word;
            } else if (hasVowel(cut(ending.length()))) {
                word = cut(ending.length());
                complete();
            }
            return;
        }
    }

    private void complete() {
        if (word.endsWith("at") || word.endsWith("bl") || word.endsWith("iz")) {
            word += "e";
        } else if (DOUBLE.matcher(word).find()) {
            word = cut(1);
        } else if (first >= word.length() && SHORT_SYLLABLE.matcher(word).matches()) {
            word += "e";
        }
    }

    private void doubleSuffix() {
        for (Rule rule : STEP_2) {
            if (word.endsWith(rule.ending())) {
                replace(rule);
                return;
            }
        }
        if (word.endsWith("ogi")) {
            word = inFirst("ogi") && word.endsWith("logi") ? cut(1) : word;
        } else if (word.endsWith("li")) {
            word = inFirst("li") && word.matches(".*[cdeghkmnrt]li$") ? cut(2) : word;
        }
    }

    private void replace(Rule rule) {
        if (inFirst(rule.ending())) {
            word = cut(rule.ending().length()) + rule.instead();
        }
    }

    private void suffix() {
        for (Rule rule : STEP_3) {
            if (word.endsWith(rule.ending())) {
                replace(rule);
                return;
            }
        }
        if (word.endsWith("ative") && inFirst("ative") && inSecond("ative")) {
            word = cut(5);
        }
    }

    private void removed() {
        for (String ending : STEP_4) {
            if (word.endsWith(ending)) {
                boolean fits = !ending.equals("ion") || word.matches(".*[st]ion$");
                word = inSecond(ending) && fits ? cut(ending.length()) : word;
                return;
            }
        }
    }

    private void last() {
        if (word.endsWith("e")) {
            boolean shortBefore = SHORT_SYLLABLE.matcher(cut(1)).matches();
            word = inSecond("e") || (inFirst("e") && !shortBefore) ? cut(1) : word;
        } else if (word.endsWith("ll") && inSecond("l")) {
            word = cut(1);
        }
    }
}
