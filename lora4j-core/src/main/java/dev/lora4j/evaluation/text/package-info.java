/** Scores of generated text against references, each equal to one published script. */
@NullMarked
package dev.lora4j.evaluation.text;

import org.jspecify.annotations.NullMarked;
