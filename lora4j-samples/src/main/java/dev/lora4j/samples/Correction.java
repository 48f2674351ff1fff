package dev.lora4j.samples;

/**
 * One row of the correction task, for a generative model.
 *
 * @param prompt what the user asks, with the wrong sentence in it
 * @param completion the corrected sentence
 */
public record Correction(String prompt, String completion) {
    private static final String REQUEST = "Correct the sentence: ";

    static Correction of(MarkedSentence sentence) {
        return new Correction(REQUEST + sentence.wrong(), sentence.corrected());
    }
}
