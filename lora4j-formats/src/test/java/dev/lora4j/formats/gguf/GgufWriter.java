package dev.lora4j.formats.gguf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes small, well-formed GGUF files for tests. */
final class GgufWriter {
    static final int F32 = 0;
    static final int F16 = 1;
    static final int Q8_0 = 8;

    private final LittleEndianBytes keys = new LittleEndianBytes();
    private final LittleEndianBytes infos = new LittleEndianBytes();
    private final LittleEndianBytes data = new LittleEndianBytes();
    private int keyCount;
    private int tensorCount;

    GgufWriter whole(String key, long value) {
        key(key, 4).u32(value);
        return this;
    }

    GgufWriter real(String key, float value) {
        key(key, 6).f32(value);
        return this;
    }

    GgufWriter flag(String key, boolean value) {
        key(key, 7).u8(value ? 1 : 0);
        return this;
    }

    GgufWriter text(String key, String value) {
        key(key, 8).string(value);
        return this;
    }

    GgufWriter texts(String key, List<String> values) {
        key(key, 9).u32(8).u64(values.size());
        values.forEach(value -> keys.string(value));
        return this;
    }

    GgufWriter wholes(String key, List<Integer> values) {
        key(key, 9).u32(5).u64(values.size());
        values.forEach(value -> keys.u32(value));
        return this;
    }

    GgufWriter reals(String key, List<Float> values) {
        key(key, 9).u32(6).u64(values.size());
        values.forEach(value -> keys.f32(value));
        return this;
    }

    /** A tensor of float32 values; the shape is row-major, as everywhere outside GGUF. */
    GgufWriter floats(String name, List<Integer> shape, float... values) {
        return tensor(name, F32, shape, LittleEndianBytes.floats(values));
    }

    GgufWriter tensor(String name, int type, List<Integer> shape, byte[] stored) {
        infos.string(name).u32(shape.size());
        for (int i = shape.size() - 1; i >= 0; i--) {
            infos.u64(shape.get(i));
        }
        infos.u32(type).u64(data.padTo(32).size());
        data.raw(stored);
        tensorCount++;
        return this;
    }

    Path write(Path folder) throws IOException {
        LittleEndianBytes file = new LittleEndianBytes()
                .raw(new byte[] {'G', 'G', 'U', 'F'})
                .u32(3)
                .u64(tensorCount)
                .u64(keyCount)
                .raw(keys.toArray())
                .raw(infos.toArray())
                .padTo(32)
                .raw(data.toArray());
        return Files.write(folder.resolve("model.gguf"), file.toArray());
    }

    private LittleEndianBytes key(String key, int type) {
        keyCount++;
        return keys.string(key).u32(type);
    }
}
