/** Transformer language models from Hugging Face files: configuration, blocks, caches. Knows nothing of any adapter. */
@NullMarked
package dev.lora4j.model;

import org.jspecify.annotations.NullMarked;
