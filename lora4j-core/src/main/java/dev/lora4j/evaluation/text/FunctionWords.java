package dev.lora4j.evaluation.text;

import java.util.Set;

/** English words that carry grammar rather than content: METEOR lets them weigh a third of other words. */
final class FunctionWords {
    private static final Set<String> WORDS = Set.copyOf(Words.of("a an the this that these those "
            + "i you he she it we they me him her us them my your his its our their who which what "
            + "and or but if as than then so because while when where "
            + "of in on at by for from to with into about after before over under up out near "
            + "is are was were be been being am has have had having do does did will would can could may might must shall "
            + "should not no all some any there here also 's 't n't 'll 're 've 'd 'm"));

    private FunctionWords() {}

    static boolean contains(String word) {
        return WORDS.contains(word);
    }
}
