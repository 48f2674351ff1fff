package dev.lora4j.lora;

import dev.lora4j.formats.StoredTensor;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.MappedFile;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The tensors of an adapter's file on their way into memory: every one wanted must be there, every one there be wanted.
 *
 * @param left those not taken yet, by the names that PEFT gives them now
 * @param scope that the adapter's tensors belong to
 */
record AdapterTensors(Path file, Map<String, StoredTensor.Mapped> left, MappedFile mapped, Scope scope, Device device) {

    /** Takes one, as float32. */
    Tensor take(String name, long... shape) {
        StoredTensor.Mapped stored = left.remove(name);
        if (stored == null) {
            throw new AdapterException(file + ": \"" + name + "\" is missing, though " + AdapterFolder.CONFIG
                    + " and the base ask for it; the adapter is incomplete or was trained on another base");
        }
        List<Long> expected = Arrays.stream(shape).boxed().toList();
        if (!stored.shape().equals(expected)) {
            throw new AdapterException(file + ": \"" + name + "\" has shape " + stored.shape()
                    + ", the base and the configuration expect " + expected + "; was it trained on another base?");
        }
        Tensor view = mapped.tensor(stored.offset(), DType.valueOf(stored.type().name()), shape);
        if (!view.dtype().isFloating() || !view.isFinite()) {
            throw new AdapterException(file + ": \"" + name + "\" is " + stored.type()
                    + " and holds values that are not finite numbers; the adapter is damaged");
        }
        return scope.keep(view.to(DType.F32).copy().to(device));
    }

    void requireNothingLeft() {
        if (!left.isEmpty()) {
            List<String> names = new ArrayList<>(left.keySet());
            throw new AdapterException(file + ": " + names.size() + " tensors have no place in the base, such as \""
                    + names.get(0) + "\"; was it trained on another base, or do the targets not say so?");
        }
    }
}
