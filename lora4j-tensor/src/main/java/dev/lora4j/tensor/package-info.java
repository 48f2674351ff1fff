@NullMarked
package dev.lora4j.tensor;

import org.jspecify.annotations.NullMarked;
