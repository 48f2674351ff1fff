/** Tensors, scopes and the tape of coarse operations: the only code that sees libtorch. */
@NullMarked
package dev.lora4j.tensor;

import org.jspecify.annotations.NullMarked;
