/** GGUF files: their header, their quantised blocks, and the model in them under Hugging Face names. */
@NullMarked
package dev.lora4j.formats.gguf;

import org.jspecify.annotations.NullMarked;
