package dev.lora4j.model;

import org.jspecify.annotations.Nullable;

/**
 * The modules of a block after which the methods that the LoRA paper compares with put their values, by path.
 *
 * @param states gives what attention reads: the norm before it, or the norm that ends the block below
 * @param attention last layer of the attention
 * @param feedForward last layer of the feed-forward branch; null in a mixture of experts, which has none
 * @param end norm that ends the feed-forward branch, or its last layer where no norm does; null as above
 */
public record BlockSites(
        String states,
        String attention,
        @Nullable String feedForward,
        @Nullable String end) {}
