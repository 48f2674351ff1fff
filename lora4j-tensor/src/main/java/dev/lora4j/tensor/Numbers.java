package dev.lora4j.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Scalar;

/** libtorch's boxed numbers that every step needs, made once and never freed. */
final class Numbers {
    static final Scalar ONE = forever(new Scalar(1.0));
    static final Scalar ZERO = forever(new Scalar(0.0));
    static final Scalar MINUS_ONE = forever(new Scalar(-1.0));

    private Numbers() {}

    /** Takes a constant out of the scope in which a class happened to be initialised. */
    static <P extends Pointer> P forever(P pointer) {
        pointer.retainReference();
        return pointer;
    }
}
