package dev.lora4j.samples;

import java.util.Locale;
import java.util.Optional;

/** The kinds of mistakes to tell apart: LanguageTool's categories, without those of too few rules. */
public enum MistakeKind {
    /** Agreement, tense, articles, missing and doubled words. */
    GRAMMAR,
    /** A right word in a wrong place, such as <i>fee</i> for <i>free</i>. */
    CONFUSED_WORDS,
    /** A slip of the pen that spelling alone does not show, such as <i>your</i> for <i>you're</i>. */
    TYPO,
    /** Commas, apostrophes, quotation marks, spacing. */
    PUNCTUATION,
    /** One word for two, two for one, or a hyphen. */
    COMPOUNDING;

    /** The kind that a LanguageTool category stands for; none for the categories left out. */
    public static Optional<MistakeKind> ofCategory(String category) {
        return switch (category) {
            case "GRAMMAR" -> Optional.of(GRAMMAR);
            case "CONFUSED_WORDS" -> Optional.of(CONFUSED_WORDS);
            case "TYPOS" -> Optional.of(TYPO);
            case "PUNCTUATION", "TYPOGRAPHY" -> Optional.of(PUNCTUATION);
            case "COMPOUNDING" -> Optional.of(COMPOUNDING);
            default -> Optional.empty();
        };
    }

    /** The name in words, such as {@code confused words}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
