package dev.lora4j.samples;

import java.util.Locale;
import java.util.Optional;

/**
 * The kinds of mistakes to tell apart: LanguageTool's categories, put together until each has enough rules.
 *
 * <p>Left out are the categories of fewer than two dozen rules, and the one about upper and lower case, which the
 * embedded model does not see.
 */
public enum MistakeKind {
    /** Agreement, tense, articles, prepositions, missing and doubled words. */
    GRAMMAR,
    /** A word in the place of another, such as <i>fee</i> for <i>free</i>, or <i>your</i> for <i>you're</i>. */
    WORD,
    /** Commas, apostrophes, quotation marks, hyphens, and one word written as two. */
    PUNCTUATION;

    /** The kind that a LanguageTool category stands for; none for the categories left out. */
    public static Optional<MistakeKind> ofCategory(String category) {
        return switch (category) {
            case "GRAMMAR", "COLLOCATIONS" -> Optional.of(GRAMMAR);
            case "CONFUSED_WORDS", "TYPOS" -> Optional.of(WORD);
            case "PUNCTUATION", "TYPOGRAPHY", "COMPOUNDING" -> Optional.of(PUNCTUATION);
            default -> Optional.empty();
        };
    }

    /** The name as a label, such as {@code grammar}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
