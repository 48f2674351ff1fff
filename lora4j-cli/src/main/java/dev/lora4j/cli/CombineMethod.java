package dev.lora4j.cli;

import java.util.Locale;

/** The methods of {@code combine}, under PEFT's words. */
enum CombineMethod {
    /** The exact sum, factors side by side. */
    CAT,
    /** The exact sum at the smallest rank. */
    LINEAR,
    /** The sum at a chosen rank. */
    SVD,
    /** The largest values, merged by elected sign. */
    TIES,
    /** Random values, added. */
    DARE,
    /** Random values, merged by elected sign. */
    DARE_TIES,
    /** The largest values, added. */
    MAGNITUDE;

    boolean hasRank() {
        return this != CAT && this != LINEAR;
    }

    boolean hasDensity() {
        return hasRank() && this != SVD;
    }

    boolean hasMajority() {
        return this == TIES || this == DARE_TIES;
    }

    boolean hasSeed() {
        return this == DARE || this == DARE_TIES;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
