@NullMarked
package dev.lora4j.model;

import org.jspecify.annotations.NullMarked;
