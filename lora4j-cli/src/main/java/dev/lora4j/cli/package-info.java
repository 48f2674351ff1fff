@NullMarked
package dev.lora4j.cli;

import org.jspecify.annotations.NullMarked;
