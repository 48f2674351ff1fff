package dev.lora4j.data;

/** What became of a row: an example, a cut one, or none because it is too long. */
sealed interface EncodedRow {
    /** The whole row. */
    record Whole(Example example) implements EncodedRow {}

    /** Its beginning. */
    record Cut(Example example) implements EncodedRow {}

    /** It has more tokens than are allowed. */
    record TooLong(int length) implements EncodedRow {}
}
