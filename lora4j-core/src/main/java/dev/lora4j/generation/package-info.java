/** From a prompt to new tokens: sampling, stopping, streaming, many sequences with their own adapters at once. */
@NullMarked
package dev.lora4j.generation;

import org.jspecify.annotations.NullMarked;
