/** Weights out of ONNX files: initializers and the nodes that read them, nothing is executed. */
@NullMarked
package dev.lora4j.formats.onnx;

import org.jspecify.annotations.NullMarked;
