/** Models from the Hugging Face hub, in the cache that Python's huggingface_hub uses. */
@NullMarked
package dev.lora4j.formats.hub;

import org.jspecify.annotations.NullMarked;
