/** The command line: one class per command, composing the other modules. */
@NullMarked
package dev.lora4j.cli;

import org.jspecify.annotations.NullMarked;
