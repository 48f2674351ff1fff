package dev.lora4j.model;

import dev.lora4j.tensor.Tensor;
import java.util.List;

/** Cosines and sines of the positions of a batch, each [tokens, headDim / 2]. */
record RotaryTable(Tensor cos, Tensor sin) {
    static RotaryTable of(float[] cos, float[] sin, long tokens, long half) {
        return new RotaryTable(Tensor.of(cos, tokens, half), Tensor.of(sin, tokens, half));
    }

    List<Tensor> tensors() {
        return List.of(cos, sin);
    }

    RotaryTable on(Tensor like) {
        return new RotaryTable(
                cos.to(like.dtype()).to(like.device()), sin.to(like.dtype()).to(like.device()));
    }
}
