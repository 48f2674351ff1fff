package dev.lora4j.tensor;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.global.torch;

/** Random tensors from a key: the same key, shape and machine give the same values. */
public final class Random {
    private Random() {}

    /** float32 values, uniform in [−bound, bound). */
    public static Tensor uniform(long key, double bound, long... shape) {
        Tensor tensor = Tensor.empty(DType.F32, shape);
        tensor.at().uniform_(-bound, bound, new GeneratorOptional(generator(key)));
        return tensor;
    }

    /** float32 values, normal with mean 0. */
    public static Tensor normal(long key, double deviation, long... shape) {
        Tensor tensor = Tensor.empty(DType.F32, shape);
        tensor.at().normal_(0, deviation, new GeneratorOptional(generator(key)));
        return tensor;
    }

    /** A generator of the processor, so that every device sees the same values for a key. */
    static Generator generator(long key) {
        Generator generator = torch.make_generator_cpu();
        generator.set_current_seed(key);
        return generator;
    }
}
