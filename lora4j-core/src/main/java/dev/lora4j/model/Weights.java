package dev.lora4j.model;

import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.FrozenMatrix;
import dev.lora4j.tensor.MappedFile;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Brings a model's tensors into memory by name, with their shapes checked, and knows which were left unused.
 *
 * <p>float32 in a safetensors file is mapped, not copied; other types become float32. Everything belongs to the model's
 * scope.
 */
final class Weights implements AutoCloseable {
    /** Values decoded at a time by one thread: 1 Mi float32 are 4 MiB. */
    private static final int CHUNK = 1 << 20;

    private final ModelFiles files;
    private final Scope scope;
    private final Device device;
    private final Set<String> unused;
    private final Map<Path, MappedFile> mapped = new HashMap<>();
    private final boolean outline;
    private final Compute compute;
    private long loaded;

    Weights(ModelFiles files, Scope scope, Device device, Compute compute) {
        this(files, scope, device, compute, false);
        if (compute == Compute.INT8 && !device.equals(Device.CPU)) {
            throw new UnsupportedModelException(
                    files.description() + ": int8 is computed on the processor only, not on " + device
                            + "; use compute f32, or the device cpu");
        }
    }

    private Weights(ModelFiles files, Scope scope, Device device, Compute compute, boolean outline) {
        this.compute = compute;
        this.files = files;
        this.scope = scope;
        this.device = device;
        this.outline = outline;
        this.unused = new LinkedHashSet<>(files.tensors().keySet());
    }

    /** Only names and shapes: every tensor is one zero, seen at each position, whatever its size. */
    static Weights outline(ModelFiles files, Scope scope) {
        return new Weights(files, scope, Device.CPU, Compute.F32, true);
    }

    boolean has(String name) {
        return files.tensors().containsKey(name);
    }

    /** The tensor of this name and shape; an error names what was found and expected. */
    Tensor get(String name, long... shape) {
        try (Scope loading = Scope.open()) {
            return scope.keep(load(name, shape));
        }
    }

    /**
     * Matrices of several names one below another, copied into one tensor.
     *
     * @param names of matrices with as many rows each
     * @param shape whose last dimension is theirs
     */
    Tensor stacked(List<String> names, long... shape) {
        if (compute != Compute.F32) {
            throw new UnsupportedModelException(files.description() + ": the experts of a layer are one tensor of"
                    + " float32 and are not computed in " + compute + "; expected compute f32 for this model");
        }
        long width = shape[shape.length - 1];
        long rows = Arrays.stream(shape).reduce(1, Math::multiplyExact) / width / names.size();
        try (Scope loading = Scope.open()) {
            Tensor[] parts = names.stream().map(name -> load(name, rows, width)).toArray(Tensor[]::new);
            return scope.keep(
                    outline
                            ? Tensor.repeated(0, shape)
                            : Tensor.concatenate(parts).view(shape));
        }
    }

    private Tensor load(String name, long... shape) {
        StoredTensor stored = files.tensors().get(name);
        if (stored == null) {
            throw new UnsupportedModelException(files.description() + ": tensor \"" + name + "\" of shape "
                    + Arrays.toString(shape) + " is missing; are all shards there, and does config.json fit?");
        }
        long[] found = stored.shape().stream().mapToLong(Long::longValue).toArray();
        if (!Arrays.equals(found, shape)) {
            throw new UnsupportedModelException(files.description() + ": tensor \"" + name + "\" has shape "
                    + Arrays.toString(found) + ", config.json expects " + Arrays.toString(shape));
        }
        if (unused.remove(name)) {
            loaded += StoredTensor.elements(stored.shape());
        }
        return read(stored, found).to(device);
    }

    /** Takes over values that are computed rather than stored. */
    Tensor own(Tensor computed) {
        try (Scope loading = Scope.open()) {
            return scope.keep(computed.to(device));
        }
    }

    EmbeddingTable embedding(String path, long rows, long width) {
        return embedding(path, path, rows, width);
    }

    /** A table whose name in the files differs from its path in the model. */
    EmbeddingTable embedding(String path, String name, long rows, long width) {
        return new EmbeddingTable(path, FrozenMatrix.of(get(name + ".weight", rows, width)));
    }

    Linear linear(String path, long out, long in, boolean bias) {
        return linear(path, path, out, in, bias);
    }

    /** A linear layer whose name in the files differs from its path in the model. */
    Linear linear(String path, String name, long out, long in, boolean bias) {
        FrozenMatrix matrix = compute == Compute.F32 || outline
                ? FrozenMatrix.of(matrix(name + ".weight", out, in))
                : rounded(name + ".weight", false, out, in);
        return new Linear(path, matrix, bias ? get(name + ".bias", out) : null, Linear.Layout.PLAIN);
    }

    /** A decoder's layer from hidden states to the vocabulary: float32, since every token's loss passes through it. */
    Linear outputLayer(String path, long vocabulary, long hidden) {
        return new Linear(path, matrix(path + ".weight", vocabulary, hidden), null);
    }

    /** A layer of a head for sequences: float32, since it is small and mostly trained whole. */
    Linear head(String path, String name, long out, long in, boolean bias) {
        return new Linear(path, matrix(name + ".weight", out, in), bias ? get(name + ".bias", out) : null);
    }

    /** A matrix [out, in] rounded to bytes; where it is turned, the files have it as [in, out]. */
    private FrozenMatrix rounded(String name, boolean turned, long out, long in) {
        try (Scope loading = Scope.open()) {
            Tensor values = turned ? load(name, in, out).transpose(0, 1) : load(name, out, in);
            return FrozenMatrix.int8(values, scope);
        }
    }

    /** Values that are decoded anyway are laid out as products read them fastest; mapped ones stay as they are. */
    private Tensor matrix(String name, long out, long in) {
        try (Scope loading = Scope.open()) {
            Tensor values = load(name, out, in);
            boolean asStored = outline || files.tensors().get(name) instanceof StoredTensor.Mapped;
            return scope.keep(asStored ? values : FrozenMatrix.laidOut(values));
        }
    }

    /** A linear layer whose files have its matrix as [in, out]: seen transposed, not copied. */
    Linear conv1d(String path, String name, long out, long in, List<Linear.Part> parts) {
        try (Scope loading = Scope.open()) {
            FrozenMatrix weight = compute == Compute.F32 || outline
                    ? FrozenMatrix.of(scope.keep(get(name + ".weight", in, out).transpose(0, 1)))
                    : rounded(name + ".weight", true, out, in);
            return new Linear(path, weight, get(name + ".bias", out), new Linear.Layout(true, parts));
        }
    }

    private Tensor read(StoredTensor stored, long[] shape) {
        if (outline) {
            return Tensor.repeated(0, shape);
        }
        if (stored instanceof StoredTensor.Mapped part) {
            MappedFile file = mapped.computeIfAbsent(part.file(), MappedFile::open);
            return file.tensor(part.offset(), DType.valueOf(part.type().name()), shape)
                    .to(DType.F32);
        }
        return decode((StoredTensor.Decoded) stored, shape);
    }

    private static Tensor decode(StoredTensor.Decoded stored, long[] shape) {
        Tensor tensor = Tensor.empty(DType.F32, shape);
        long elements = tensor.elements();
        int chunks = Math.toIntExact((elements + CHUNK - 1) / CHUNK);
        IntStream.range(0, chunks).parallel().forEach(chunk -> {
            long first = (long) chunk * CHUNK;
            int count = (int) Math.min(CHUNK, elements - first);
            float[] values = new float[count];
            stored.decoder().decode(first, values, count);
            tensor.writeFloats(first, values, count);
        });
        return tensor;
    }

    /** In what linear layers compute. */
    Compute compute() {
        return compute;
    }

    /** Values of all tensors read so far. */
    long loaded() {
        return loaded;
    }

    /** Refuses a file with tensors that nothing asked for, except names that are known not to matter. */
    void requireAllUsed(Set<String> ignorable) {
        List<String> left = new ArrayList<>(unused);
        left.removeIf(name -> ignorable.stream().anyMatch(name::endsWith));
        if (!left.isEmpty()) {
            throw new UnsupportedModelException(files.description() + ": " + left.size()
                    + " tensors have no place in a "
                    + files.config().path("model_type").asText()
                    + " model, such as \"" + left.get(0) + "\"; is the model type right?");
        }
    }

    /** Closes the mappings of their own; tensors in the model's scope keep what they see alive. */
    @Override
    public void close() {
        mapped.values().forEach(MappedFile::close);
    }
}
