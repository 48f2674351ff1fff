@NullMarked
package dev.lora4j.samples;

import org.jspecify.annotations.NullMarked;
