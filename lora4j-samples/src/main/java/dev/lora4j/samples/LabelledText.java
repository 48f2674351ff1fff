package dev.lora4j.samples;

/**
 * One row of a classification data set.
 *
 * @param text the sentence
 * @param label the class, in words
 */
public record LabelledText(String text, String label) {}
