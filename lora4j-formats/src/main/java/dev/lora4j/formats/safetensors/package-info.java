/** Safetensors files, and the model folders that are made of them. */
@NullMarked
package dev.lora4j.formats.safetensors;

import org.jspecify.annotations.NullMarked;
