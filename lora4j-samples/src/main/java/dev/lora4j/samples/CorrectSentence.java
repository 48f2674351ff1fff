package dev.lora4j.samples;

/**
 * A correct sentence that a rule must leave alone.
 *
 * @param ruleId the rule (or group of rules) of LanguageTool it is an example of
 * @param category the rule's category, such as {@code GRAMMAR}
 * @param text the sentence
 */
public record CorrectSentence(String ruleId, String category, String text) {}
