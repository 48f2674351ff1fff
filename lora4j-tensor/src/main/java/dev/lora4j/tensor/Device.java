package dev.lora4j.tensor;

import java.util.Locale;
import org.bytedeco.pytorch.global.torch;

/**
 * Where a tensor lives: the processor, or a CUDA device by its index.
 *
 * <p>The CUDA path runs the same operations with libtorch's {@code -gpu} natives; it has not been tested on a machine
 * with a GPU.
 */
public record Device(Kind kind, int index) {
    /** The processor. */
    public static final Device CPU = new Device(Kind.CPU, 0);

    /** Kinds of devices. */
    public enum Kind {
        CPU,
        CUDA
    }

    /**
     * Reads {@code cpu}, {@code cuda} or {@code cuda:1} and checks that the device can be used.
     *
     * @throws TensorException if the name is unknown, or no CUDA build or device is present
     */
    public static Device of(String name) {
        String text = name.toLowerCase(Locale.ROOT);
        if (text.equals("cpu")) {
            return CPU;
        }
        if (!text.matches("cuda(:\\d{1,3})?")) {
            throw new TensorException(
                    "device \"" + name + "\" is unknown; expected cpu, cuda, or cuda:N with N the device's number");
        }
        int index = text.contains(":") ? Integer.parseInt(text.substring(5)) : 0;
        if (!torch.cuda_is_available()) {
            throw new TensorException("device \"" + name + "\" is not usable: libtorch was loaded without CUDA;"
                    + " put the linux-x86_64-gpu natives and CUDA 13.1 on the machine (docs/gpu.md), or use cpu");
        }
        if (index >= torch.cuda_device_count()) {
            throw new TensorException("device \"" + name + "\" does not exist: this machine has "
                    + (int) torch.cuda_device_count() + " CUDA device(s)");
        }
        return new Device(Kind.CUDA, index);
    }

    /** Threads that operations on the processor use. */
    public static int threads() {
        return torch.get_num_threads();
    }

    org.bytedeco.pytorch.Device at() {
        return kind == Kind.CPU
                ? new org.bytedeco.pytorch.Device("cpu")
                : new org.bytedeco.pytorch.Device("cuda:" + index);
    }

    @Override
    public String toString() {
        return kind == Kind.CPU ? "cpu" : "cuda:" + index;
    }
}
