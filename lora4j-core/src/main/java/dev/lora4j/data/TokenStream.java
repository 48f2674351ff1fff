package dev.lora4j.data;

import java.util.Arrays;

/**
 * Tokens back to text, one at a time, as a model says them.
 *
 * <p>The text of a token can depend on the one before it, and a char can need several tokens: what is given out is the
 * difference between two decodings of a short window, and only once it is whole. Confined to one thread.
 */
public final class TokenStream {
    private static final char REPLACEMENT = '\uFFFD';
    /** No char has more bytes than this; an invalid byte is given out once that many more tokens have come. */
    private static final int MAX_WAIT = 8;

    private final Tokenizer tokenizer;
    private final boolean skipSpecials;
    private int[] window = new int[16];
    private int known; // tokens of the window that were given out
    private int size;

    TokenStream(Tokenizer tokenizer, boolean skipSpecials) {
        this.tokenizer = tokenizer;
        this.skipSpecials = skipSpecials;
    }

    /** Takes the next token and gives what became readable by it, which may be nothing. */
    public String next(int token) {
        if (skipSpecials && tokenizer.specialIds().contains(token)) {
            return "";
        }
        if (size == window.length) {
            window = Arrays.copyOf(window, 2 * size);
        }
        window[size++] = token;
        String text = pending();
        boolean half = !text.isEmpty() && text.charAt(text.length() - 1) == REPLACEMENT;
        if (text.isEmpty() || (half && size - known < MAX_WAIT)) {
            return "";
        }
        slide();
        return text;
    }

    /** What was held back, at the end; half a char comes out as U+FFFD. */
    public String finish() {
        String text = pending();
        slide();
        return text;
    }

    private String pending() {
        String before = tokenizer.decode(Arrays.copyOf(window, known), skipSpecials);
        String all = tokenizer.decode(Arrays.copyOf(window, size), skipSpecials);
        return all.length() > before.length() ? all.substring(before.length()) : "";
    }

    /** The tokens just given out stay as the context of the next ones. */
    private void slide() {
        int kept = size - known;
        System.arraycopy(window, known, window, 0, kept);
        size = kept;
        known = kept;
    }
}
