package dev.lora4j.samples;

import java.util.Locale;

/** The three parts of a data set, which share no rule and no sentence. */
public enum Part {
    /** What a model is trained on. */
    TRAIN,
    /** What decides about settings and when to stop. */
    VALIDATION,
    /** What is looked at once, for the score that is reported. */
    TEST;

    /** The name as it appears in file names, such as {@code train}. */
    public String fileName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
