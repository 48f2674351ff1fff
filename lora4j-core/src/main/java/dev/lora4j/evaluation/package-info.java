/** How good a model is with or without an adapter: losses, exact answers, and scores over predictions. */
@NullMarked
package dev.lora4j.evaluation;

import org.jspecify.annotations.NullMarked;
