package dev.lora4j.data;

/**
 * Shows which tokens of an example are learned.
 *
 * <p>In colour: learned tokens are green, given ones grey, every other one underlined so that their borders show. Plain:
 * {@code [[…]]} around what is learned, {@code |} between tokens.
 */
public final class MaskView {
    private static final String RESET = "\u001B[0m";
    private static final String LEARNED = "\u001B[32m";
    private static final String GIVEN = "\u001B[90m";
    private static final String UNDERLINED = "\u001B[4m";

    private final Tokenizer tokenizer;
    private final boolean colour;

    private MaskView(Tokenizer tokenizer, boolean colour) {
        this.tokenizer = tokenizer;
        this.colour = colour;
    }

    /** For a terminal that shows colours, or for one that does not; borrows the tokenizer. */
    public static MaskView of(Tokenizer tokenizer, boolean colour) {
        return new MaskView(tokenizer, colour);
    }

    /** What the colours or brackets mean. */
    public String legend() {
        return colour
                ? LEARNED + "learned" + RESET + " " + GIVEN + "given" + RESET
                : "[[learned]] given, | between tokens";
    }

    /** The tokens of an example as text, with a line about it before them. */
    public String render(Example example) {
        StringBuilder text = new StringBuilder();
        text.append(example).append(label(example)).append('\n');
        TokenStream stream = tokenizer.stream(false);
        for (int i = 0; i < example.length(); i++) {
            String piece = stream.next(example.token(i));
            if (i == example.length() - 1) {
                piece += stream.finish();
            }
            if (colour) {
                coloured(text, piece, example.trained(i), i % 2 == 1);
            } else {
                plain(text, piece, example, i);
            }
        }
        return text.toString();
    }

    private static String label(Example example) {
        if (example.label().isPresent()) {
            return ", label " + example.label().getAsInt();
        }
        return example.score().isPresent() ? ", score " + example.score().getAsDouble() : "";
    }

    private static void coloured(StringBuilder text, String piece, boolean learned, boolean underlined) {
        text.append(learned ? LEARNED : GIVEN).append(underlined ? UNDERLINED : "");
        text.append(visible(piece)).append(RESET);
    }

    private static void plain(StringBuilder text, String piece, Example example, int position) {
        boolean learned = example.trained(position);
        boolean begins = learned && (position == 0 || !example.trained(position - 1));
        boolean ends = learned && (position == example.length() - 1 || !example.trained(position + 1));
        if (position > 0 && !begins && learned == example.trained(position - 1)) {
            text.append('|');
        }
        text.append(begins ? "[[" : "").append(visible(piece)).append(ends ? "]]" : "");
    }

    /** Text of a user must not steer the terminal; a line break stays one, and is seen. */
    private static String visible(String piece) {
        StringBuilder text = new StringBuilder();
        piece.codePoints().forEach(c -> {
            if (c == '\n') {
                text.append("\\n\n");
            } else if (Character.isISOControl(c)) {
                text.append(String.format("\\u%04x", c));
            } else {
                text.appendCodePoint(c);
            }
        });
        return text.toString();
    }
}
