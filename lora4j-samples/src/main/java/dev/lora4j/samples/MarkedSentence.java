package dev.lora4j.samples;

/**
 * A sentence with one mistake, and the same sentence with it corrected.
 *
 * @param ruleId the rule (or group of rules) of LanguageTool that finds the mistake
 * @param category the rule's category, such as {@code GRAMMAR}
 * @param wrong the sentence as it stands in the example
 * @param corrected the sentence with the first suggested correction in place of the mistake
 */
public record MarkedSentence(String ruleId, String category, String wrong, String corrected) {}
