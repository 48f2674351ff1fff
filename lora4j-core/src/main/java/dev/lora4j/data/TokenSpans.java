package dev.lora4j.data;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Which chars of a text each of its tokens came from, in Java's UTF-16 chars.
 *
 * <p>The library counts code points, and leaves chars out where a token's own white space is trimmed; a token here
 * reaches back to the end of the one before it, so that every char belongs to a token.
 */
final class TokenSpans {
    static final TokenSpans NONE = new TokenSpans(new int[0], new int[0]);

    private final int[] starts;
    private final int[] ends;

    private TokenSpans(int[] starts, int[] ends) {
        this.starts = starts;
        this.ends = ends;
    }

    static TokenSpans of(String text, @Nullable CharSpan[] spans) {
        int[] chars = charOfCodePoint(text);
        int[] starts = new int[spans.length];
        int[] ends = new int[spans.length];
        int covered = 0;
        for (int i = 0; i < spans.length; i++) {
            CharSpan span = spans[i];
            starts[i] = covered;
            ends[i] = covered;
            if (span != null) {
                // the tokens of one char that was cut into bytes all have the span of that char
                starts[i] = Math.min(covered, at(chars, span.getStart()));
                ends[i] = Math.max(covered, at(chars, span.getEnd()));
                covered = ends[i];
            }
        }
        return new TokenSpans(starts, ends);
    }

    private static int at(int[] chars, int codePoint) {
        return chars[Math.min(codePoint, chars.length - 1)];
    }

    private static int[] charOfCodePoint(String text) {
        int[] chars = new int[text.codePointCount(0, text.length()) + 1];
        int at = 0;
        for (int i = 0; i < chars.length - 1; i++) {
            chars[i] = at;
            at += Character.charCount(text.codePointAt(at));
        }
        chars[chars.length - 1] = at;
        return chars;
    }

    /** Adds the positions of the tokens that hold any of the chars from {@code start} up to and without {@code end}. */
    void addOverlapping(int start, int end, BitSet positions) {
        for (int i = 0; i < starts.length; i++) {
            if (starts[i] < end && ends[i] > start && starts[i] < ends[i]) {
                positions.set(i);
            }
        }
    }
}
