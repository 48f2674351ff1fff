@NullMarked
package dev.lora4j.formats;

import org.jspecify.annotations.NullMarked;
