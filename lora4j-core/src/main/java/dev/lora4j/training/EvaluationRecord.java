package dev.lora4j.training;

import java.util.OptionalDouble;

/**
 * One evaluation while training.
 *
 * @param step after which it was made; 0 for before the first
 * @param loss mean over the validation rows' trained tokens, or rows
 * @param accuracy of a classifier; empty for other tasks
 * @param best whether no earlier one was lower
 */
public record EvaluationRecord(long step, double loss, OptionalDouble accuracy, boolean best) {}
