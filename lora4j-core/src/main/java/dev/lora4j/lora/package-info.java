/** LoRA adapters: configuration, targets, PEFT folders, routing of rows, merging. */
@NullMarked
package dev.lora4j.lora;

import org.jspecify.annotations.NullMarked;
