package dev.lora4j.evaluation.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Words in the manner of the Penn Treebank, small and without punctuation, as coco-caption takes them from Stanford's
 * PTBTokenizer 3.4.1 ({@code -preserveLines -lowerCase}).
 *
 * <p>Written from the treebank's rules and from what that program answers; at each place the longest pattern wins, as there.
 * Equal to it on all texts of E2E's test. Not covered: emoticons, phone numbers with brackets, names of files, and rare
 * abbreviations: such a token may be cut elsewhere.
 */
final class CaptionTokens {
    private static final String QUOTE = "['’]";
    private static final String LETTER = "[\\p{L}\\p{M}]";
    private static final String LETTERS_DIGITS = "[\\p{L}\\p{M}\\p{Nd}]";
    private static final String NUMBER = "(?:\\d+(?:[.,:]\\d+)*|(?:[.,:]\\d+)+)";

    /** Abbreviations that keep their full stop. */
    private static final String ABBREVIATIONS =
            "(?:Mr|Mrs|Ms|Messrs|Dr|Drs|Prof|Gen|Rep|Sen|Gov|Col|Lt|Sgt|Capt|Rev|Hon|St|Sr|Jr"
                    + "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|Mon|Tue|Tues|Wed|Thu|Thurs|Fri"
                    + "|Inc|Ltd|Co|Corp|Bros|Ave|Blvd|Rd|Hwy|Mt|Ft|vs|etc|al|est|ext|sq|Nos?(?=\\.\\s*\\d))\\.";

    /** Words that begin a sentence, so that a full stop after a single letter before them is not the letter's. */
    private static final String STARTS =
            "(?:The|They|This|That|These|Those|Then|There|It|Its|In|He|She|We|You|I|A|An|If|For"
                    + "|But|And|His|Her|Our|My|Their|On|At|As|When|While|After|Before)";

    private static final Pattern BEFORE_NOT =
            Pattern.compile(LETTER + "+?(?=n" + QUOTE + "t(?!" + LETTER + "))", Pattern.CASE_INSENSITIVE);
    private static final Pattern CONTRACTED =
            Pattern.compile("(can)(not)|(gon|wan)(na)|(got)(ta)|(gim|lem)(me)|('t)(is|was)", Pattern.CASE_INSENSITIVE);

    private static final List<Pattern> PATTERNS = List.of(
            // what follows a word after an apostrophe, and words with one inside
            Pattern.compile("n" + QUOTE + "t(?!" + LETTER + ")", Pattern.CASE_INSENSITIVE),
            Pattern.compile(QUOTE + "(?:[msd]|re|ve|ll)(?!" + LETTER + ")", Pattern.CASE_INSENSITIVE),
            Pattern.compile(
                    "'n'|" + QUOTE + "(?:em|\\d0s|n" + QUOTE + "?)(?!" + LETTERS_DIGITS + ")",
                    Pattern.CASE_INSENSITIVE),
            Pattern.compile("o'clock|ma'am|y'(?=all)|c'mon|d'you", Pattern.CASE_INSENSITIVE),
            CONTRACTED,
            // words, numbers, and those joined by hyphens and strokes
            Pattern.compile(LETTER + LETTERS_DIGITS + "*(?:[.!?]" + LETTER + LETTERS_DIGITS + "*)*"),
            Pattern.compile(
                    "(?:[dol]" + QUOTE + ")?(?:" + NUMBER + "(?!" + LETTERS_DIGITS + ")|" + LETTERS_DIGITS
                            + "+)(?:[-_/](?:" + NUMBER + "(?!" + LETTERS_DIGITS + ")|" + LETTERS_DIGITS + "+))*",
                    Pattern.CASE_INSENSITIVE),
            Pattern.compile("[-+]?" + NUMBER),
            Pattern.compile("[A-Z]+(?:&[A-Z]+)+|[A-Za-z]\\+\\+|[CF]#"),
            // words with their full stop
            Pattern.compile("[A-Za-z](?:\\.[A-Za-z])+\\.|[A-Za-z]\\.(?!\\s+" + STARTS + "\\b)"),
            Pattern.compile(ABBREVIATIONS, Pattern.CASE_INSENSITIVE),
            Pattern.compile(LETTER + LETTERS_DIGITS + "*\\.(?=[,;:])"),
            // addresses, names and tags
            Pattern.compile("https?://[^\\s\"<>|()]*[^\\s\"<>|().!?{},-]"),
            Pattern.compile(
                    "(?:www\\.)?(?:[^\\s\"`'<>|.!?(){},/$-]+\\.)+(?:com|net|org|edu)(?!" + LETTERS_DIGITS + ")"),
            Pattern.compile("[A-Za-z0-9][^\\s\"<>|(){}]*@[^\\s\"<>|(){}.]+(?:\\.[^\\s\"<>|(){}.]+)*"),
            Pattern.compile("[#@]" + LETTER + "[\\p{L}\\p{M}\\p{Nd}_]*"),
            Pattern.compile("</?[A-Za-z][^<>]*>"),
            // punctuation of several signs
            Pattern.compile("\\.{2,}|[?!]+|-{2,}|``|''|&(?:quot|amp|lt|gt);"),
            Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS),
            Pattern.compile("[\\s\\S]"));

    private static final Map<String, String> WRITTEN = Map.ofEntries(
            Map.entry("(", "-lrb-"),
            Map.entry(")", "-rrb-"),
            Map.entry("[", "-lsb-"),
            Map.entry("]", "-rsb-"),
            Map.entry("{", "-lcb-"),
            Map.entry("}", "-rcb-"),
            Map.entry("£", "#"),
            Map.entry("€", "$"),
            Map.entry("&amp;", "&"),
            Map.entry("&lt;", "<"),
            Map.entry("&gt;", ">"),
            Map.entry("½", "1/2"),
            Map.entry("¼", "1/4"),
            Map.entry("¾", "3/4"));

    /** What coco-caption leaves out (it means brackets too, but in capitals), and what the tokenizer writes as one of these. */
    private static final Set<String> LEFT_OUT = Set.of(
            "''", "'", "``", "`", ".", "?", "!", ",", ":", "-", "--", "...", ";", "\"", "&quot;", "“", "”", "‘", "’",
            "–", "—", "…");

    private CaptionTokens() {}

    static List<String> of(String text) {
        List<String> tokens = new ArrayList<>();
        for (int start = 0; start < text.length(); ) {
            int end = end(text, start);
            add(tokens, text.substring(start, end));
            start = end;
        }
        return tokens;
    }

    private static int end(String text, int start) {
        Matcher beforeNot = BEFORE_NOT.matcher(text).region(start, text.length());
        beforeNot.useTransparentBounds(true);
        if (beforeNot.lookingAt()) {
            return beforeNot.end();
        }
        int longest = start;
        for (Pattern pattern : PATTERNS) {
            Matcher matcher = pattern.matcher(text).region(start, text.length());
            matcher.useTransparentBounds(true);
            if (matcher.lookingAt()) {
                longest = Math.max(longest, matcher.end());
            }
        }
        return longest;
    }

    private static void add(List<String> tokens, String found) {
        Matcher contracted = CONTRACTED.matcher(found);
        if (contracted.matches()) {
            for (int group = 1; group <= contracted.groupCount(); group++) {
                if (contracted.group(group) != null) {
                    tokens.add(contracted.group(group).toLowerCase(Locale.ROOT));
                }
            }
        } else if (!found.isBlank()
                && !LEFT_OUT.contains(found)
                && !found.startsWith("..")
                && !found.startsWith("--")) {
            tokens.add(
                    WRITTEN.getOrDefault(found, found.toLowerCase(Locale.ROOT).replace('’', '\'')));
        }
    }
}
