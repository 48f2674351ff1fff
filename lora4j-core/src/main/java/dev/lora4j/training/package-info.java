/** Training adapters: the step, optimizer, schedule, checkpoints and reports. */
@NullMarked
package dev.lora4j.training;

import org.jspecify.annotations.NullMarked;
