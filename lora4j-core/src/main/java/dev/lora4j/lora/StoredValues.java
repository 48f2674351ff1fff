package dev.lora4j.lora;

import dev.lora4j.formats.StoredTensor;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.MappedFile;
import dev.lora4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Reads stored tensors piece by piece, so that the largest one never has to fit into memory. */
final class StoredValues implements AutoCloseable {
    private final Map<Path, MappedFile> mapped = new HashMap<>();

    /**
     * Some values of a tensor as they are stored; float32 where they are computed.
     *
     * @param first flat index of the first
     * @return [count], of the calling thread's scope
     */
    Tensor read(StoredTensor stored, long first, int count) {
        if (stored instanceof StoredTensor.Mapped part) {
            MappedFile file = mapped.computeIfAbsent(part.file(), MappedFile::open);
            long offset = Math.addExact(part.offset(), first * part.type().bytes());
            return file.tensor(offset, DType.valueOf(part.type().name()), count);
        }
        float[] values = new float[count];
        ((StoredTensor.Decoded) stored).decoder().decode(first, values, count);
        return Tensor.of(values, count);
    }

    @Override
    public void close() {
        mapped.values().forEach(MappedFile::close);
    }
}
