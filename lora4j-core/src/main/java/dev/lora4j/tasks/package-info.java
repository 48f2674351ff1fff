/** Benchmarks that papers report: their files, labels and scores. */
@NullMarked
package dev.lora4j.tasks;

import org.jspecify.annotations.NullMarked;
