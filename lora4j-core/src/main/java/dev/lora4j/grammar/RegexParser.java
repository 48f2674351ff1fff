package dev.lora4j.grammar;

import dev.lora4j.grammar.Regex.Chain;
import dev.lora4j.grammar.Regex.Chars;
import dev.lora4j.grammar.Regex.Either;
import dev.lora4j.grammar.Regex.Repeat;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the regular expressions of JSON Schema (ECMA-262) that an automaton can hold.
 *
 * <p>Not: look-around, back references, word boundaries, Unicode classes, and anchors elsewhere than at the ends. As
 * JSON Schema says, an expression without anchors may match anywhere in the text.
 */
final class RegexParser {
    /** Longest expression, in characters. */
    static final int MAX_CHARS = 1_000;
    /** Deepest nesting of groups. */
    static final int MAX_GROUPS = 50;
    /** Highest number of a repetition. */
    static final int MAX_REPEAT = 1_000;

    private static final Chars ANY = Chars.of(0, Character.MAX_CODE_POINT);
    private static final Regex ANYTHING = new Repeat(ANY, 0, -1);
    private static final Chars DIGIT = Chars.of('0', '9');
    private static final Chars WORD = Chars.of('0', '9', 'A', 'Z', '_', '_', 'a', 'z');
    private static final Chars SPACE = Chars.of(
            '\t', '\r', ' ', ' ', 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f,
            0x205f, 0x3000, 0x3000, 0xfeff, 0xfeff);
    private static final Chars NO_LINE_END = Chars.of('\n', '\n', '\r', '\r', 0x2028, 0x2029);

    private final String source;
    private final int[] chars;
    private int at;
    private int groups;

    private RegexParser(String source) {
        this.source = source;
        this.chars = source.codePoints().toArray();
    }

    /**
     * The texts in which an expression matches somewhere.
     *
     * @throws GrammarException if it is none, or one that cannot be held
     */
    static Regex parse(String source) {
        if (source.length() > MAX_CHARS) {
            throw new GrammarException(
                    "the pattern has " + source.length() + " characters, expected at most " + MAX_CHARS);
        }
        RegexParser parser = new RegexParser(source);
        List<Regex> options = new ArrayList<>();
        do {
            options.add(parser.anchored());
        } while (parser.take('|'));
        if (parser.at < parser.chars.length) {
            throw parser.refused("a ) that closes nothing");
        }
        return new Either(options);
    }

    private Regex anchored() {
        List<Regex> parts = new ArrayList<>();
        if (!take('^')) {
            parts.add(ANYTHING);
        }
        parts.add(chain());
        if (!take('$')) {
            parts.add(ANYTHING);
        }
        if (at < chars.length && peek() != '|' && peek() != ')') {
            throw refused("an anchor in the middle");
        }
        return new Chain(parts);
    }

    private Regex either() {
        List<Regex> options = new ArrayList<>();
        do {
            options.add(chain());
        } while (take('|'));
        return options.size() == 1 ? options.get(0) : new Either(options);
    }

    private Regex chain() {
        List<Regex> parts = new ArrayList<>();
        while (at < chars.length && peek() != '|' && peek() != ')' && peek() != '$') {
            parts.add(repeated(atom()));
        }
        return new Chain(parts);
    }

    private Regex repeated(Regex part) {
        Regex result = part;
        int min;
        int max;
        if (take('*')) {
            min = 0;
            max = -1;
        } else if (take('+')) {
            min = 1;
            max = -1;
        } else if (take('?')) {
            min = 0;
            max = 1;
        } else if (at < chars.length && peek() == '{') {
            at++;
            min = number();
            max = take(',') ? at < chars.length && peek() == '}' ? -1 : number() : min;
            if (!take('}') || (max >= 0 && max < min)) {
                throw refused("a repetition that is none");
            }
        } else {
            return result;
        }
        result = new Repeat(part, min, max);
        if (take('?')) { // matches the same texts
            return result;
        }
        if (at < chars.length && (peek() == '*' || peek() == '+' || peek() == '{')) {
            throw refused("a repetition of a repetition");
        }
        return result;
    }

    private int number() {
        int start = at;
        int value = 0;
        while (at < chars.length && peek() >= '0' && peek() <= '9' && value <= MAX_REPEAT) {
            value = 10 * value + chars[at++] - '0';
        }
        if (at == start) {
            throw refused("a { without a number");
        }
        if (value > MAX_REPEAT) {
            throw refused("a repetition of more than " + MAX_REPEAT);
        }
        return value;
    }

    private Regex atom() {
        int c = chars[at++];
        return switch (c) {
            case '.' -> NO_LINE_END.inverted();
            case '(' -> group();
            case '[' -> set();
            case '\\' -> escape(false);
            case '^' -> throw refused("an anchor in the middle");
            case '*', '+', '?', '{' -> throw refused("a repetition of nothing");
            default -> Chars.of(c, c);
        };
    }

    private Regex group() {
        if (take('?') && !take(':')) {
            throw refused("a group of the kind (?…), of which only (?: is held");
        }
        if (++groups > MAX_GROUPS) {
            throw refused("groups nested more than " + MAX_GROUPS + " deep");
        }
        Regex inner = either();
        groups--;
        if (!take(')')) {
            throw refused("an anchor in a group, or a ( that is not closed");
        }
        return inner;
    }

    private Chars set() {
        boolean inverted = take('^');
        List<int[]> ranges = new ArrayList<>();
        while (at < chars.length && peek() != ']') {
            Chars first = member();
            boolean range = at + 1 < chars.length && peek() == '-' && chars[at + 1] != ']';
            if (!range) {
                ranges.addAll(first.ranges());
                continue;
            }
            at++;
            Chars last = member();
            int low = single(first);
            int high = single(last);
            if (low > high) {
                throw refused("a range whose ends are the wrong way round");
            }
            ranges.add(new int[] {low, high});
        }
        if (!take(']')) {
            throw refused("a [ that is not closed");
        }
        Chars all = new Chars(ranges);
        return inverted ? all.inverted() : all;
    }

    private Chars member() {
        int c = chars[at++];
        return c == '\\' ? escape(true) : Chars.of(c, c);
    }

    private int single(Chars chars) {
        if (chars.ranges().size() != 1
                || chars.ranges().get(0)[0] != chars.ranges().get(0)[1]) {
            throw refused("a range that ends in a class");
        }
        return chars.ranges().get(0)[0];
    }

    private Chars escape(boolean inSet) {
        if (at == chars.length) {
            throw refused("a \\ at the end");
        }
        int c = chars[at++];
        int value = switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'f' -> '\f';
            case 'v' -> 0x0b;
            case '0' -> 0;
            case 'x' -> hex(2);
            case 'u' -> hex(4);
            case 'b' -> inSet ? '\b' : -1;
            default -> Character.isLetterOrDigit(c) ? -1 : c;
        };
        return switch (c) {
            case 'd' -> DIGIT;
            case 'D' -> DIGIT.inverted();
            case 'w' -> WORD;
            case 'W' -> WORD.inverted();
            case 's' -> SPACE;
            case 'S' -> SPACE.inverted();
            default -> {
                if (value < 0) {
                    throw refused("the escape \\" + Character.toString(c));
                }
                yield Chars.of(value, value);
            }
        };
    }

    private int hex(int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = at < chars.length ? Character.digit(chars[at++], 16) : -1;
            if (digit < 0) {
                throw refused("an escape without " + digits + " hexadecimal digits");
            }
            value = 16 * value + digit;
        }
        return value;
    }

    private int peek() {
        return chars[at];
    }

    private boolean take(int wanted) {
        if (at < chars.length && chars[at] == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private GrammarException refused(String what) {
        return new GrammarException(
                "the pattern \"" + source + "\" has " + what + " at character " + at + "; that cannot be held");
    }
}
