package dev.lora4j.model;

import dev.lora4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A run of rows that use an adapter's own values for a module.
 *
 * @param start first row
 * @param end one past the last row
 * @param weight instead of the module's; null where the module's stays
 * @param bias instead of the module's; null where the module's stays
 */
public record Replacement(long start, long end, @Nullable Tensor weight, @Nullable Tensor bias) {}
