package dev.lora4j.model;

import dev.lora4j.formats.ElementType;
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
import org.jspecify.annotations.Nullable;

/**
 * Brings a model's tensors into memory by name, with their shapes checked, and knows which were left unused.
 *
 * <p>float32 in a safetensors file is mapped, not copied, unless the format packs or rounds the matrices; other types become
 * float32. Everything belongs to the model's scope.
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
    private final WeightFormat format;
    private final MatrixLoader matrices;
    private long loaded;

    Weights(ModelFiles files, Scope scope, Device device, WeightFormat format) {
        this(files, scope, device, format, false);
        if (format != WeightFormat.F32 && !device.equals(Device.CPU)) {
            String what = format == WeightFormat.INT8_PRODUCTS ? "int8 is computed" : "weights are kept as " + format;
            throw new UnsupportedModelException(files.description() + ": " + what + " on the processor only, not on "
                    + device + "; use f32, or the device cpu");
        }
    }

    private Weights(ModelFiles files, Scope scope, Device device, WeightFormat format, boolean outline) {
        this.format = format;
        this.matrices = new MatrixLoader(new Stored(), scope);
        this.files = files;
        this.scope = scope;
        this.device = device;
        this.outline = outline;
        this.unused = new LinkedHashSet<>(files.tensors().keySet());
    }

    /** Only names and shapes: every tensor is one zero, seen at each position, whatever its size. */
    static Weights outline(ModelFiles files, Scope scope) {
        return new Weights(files, scope, Device.CPU, WeightFormat.F32, true);
    }

    boolean has(String name) {
        return files instanceof ConfigOnly assumed
                ? assumed.has(name)
                : files.tensors().containsKey(name);
    }

    /** The tensor of this name and shape; an error names what was found and expected. */
    Tensor get(String name, long... shape) {
        try (Scope loading = Scope.open()) {
            return scope.keep(apart(load(name, shape)));
        }
    }

    /** A copy where the matrices are copies too: nothing keeps the pages of the file in memory then. */
    private Tensor apart(Tensor values) {
        boolean mapped = format == WeightFormat.F32 || format == WeightFormat.STORED;
        return mapped ? values : values.copy();
    }

    /**
     * Matrices of several names one below another, copied into one tensor.
     *
     * @param names of matrices with as many rows each
     * @param shape whose last dimension is theirs
     */
    Tensor stacked(List<String> names, long... shape) {
        if (!format.isFloat32()) {
            String what = format == WeightFormat.INT8_PRODUCTS
                    ? "are not computed in int8; expected compute f32"
                    : "cannot be kept as " + format + "; expected weights f32";
            throw new UnsupportedModelException(files.description()
                    + ": the experts of a layer are one tensor of float32 and " + what + " for this model");
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
        return read(find(name, shape), shape).to(device);
    }

    /** The stored tensor of this name and shape, which counts as used from now on. */
    private StoredTensor find(String name, long... shape) {
        StoredTensor stored = stored(name, shape);
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
        return stored;
    }

    private @Nullable StoredTensor stored(String name, long... shape) {
        if (files instanceof ConfigOnly assumed && !assumed.tensors().containsKey(name)) {
            unused.add(name); // until it is found, as one of a file
            return assumed.tensor(name, shape);
        }
        return files.tensors().get(name);
    }

    /** A matrix [out, in] in a format; where it is turned, the files have it as [in, out]. */
    private FrozenMatrix matrix(String name, WeightFormat wanted, long out, long in, boolean turned) {
        StoredTensor stored = turned ? find(name, in, out) : find(name, out, in);
        boolean rounded = wanted == WeightFormat.INT8_PRODUCTS && !outline;
        boolean dense = wanted.isFloat32()
                || outline
                || (wanted == WeightFormat.STORED && !MatrixLoader.isCompressed(stored, turned));
        if (!dense && !rounded) {
            return matrices.load(stored, wanted, out, in, turned);
        }
        try (Scope loading = Scope.open()) {
            Tensor values = turned ? load(name, in, out).transpose(0, 1) : load(name, out, in);
            if (rounded) {
                return FrozenMatrix.int8(values, scope);
            }
            if (wanted == WeightFormat.PACKED && !outline) {
                return FrozenMatrix.packed(values, scope);
            }
            boolean asStored = outline || stored instanceof StoredTensor.Mapped; // what is decoded has no layout yet
            return FrozenMatrix.of(scope.keep(asStored ? apart(values) : FrozenMatrix.laidOut(values)));
        }
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
        return new EmbeddingTable(path, matrix(name + ".weight", format.ofVocabulary(), rows, width, false));
    }

    Linear linear(String path, long out, long in, boolean bias) {
        return linear(path, path, out, in, bias);
    }

    /** A linear layer whose name in the files differs from its path in the model. */
    Linear linear(String path, String name, long out, long in, boolean bias) {
        return linear(path, name, format, out, in, bias);
    }

    private Linear linear(String path, String name, WeightFormat wanted, long out, long in, boolean bias) {
        FrozenMatrix matrix = matrix(name + ".weight", wanted, out, in, false);
        return new Linear(path, matrix, bias ? get(name + ".bias", out) : null, Linear.Layout.PLAIN);
    }

    /** One of several layers that read the same rows. */
    record Sibling(String path, long out, boolean bias) {}

    /** Layers that read the same rows: one below another in memory where their matrices are copied into it anyway. */
    SiblingLinears siblings(long in, List<Sibling> siblings) {
        FrozenMatrix joint = joint(in, siblings);
        List<Linear> layers = new ArrayList<>();
        long first = 0;
        for (Sibling sibling : siblings) {
            if (joint == null) {
                layers.add(linear(sibling.path(), sibling.out(), in, sibling.bias()));
            } else {
                FrozenMatrix matrix = joint.outputs(first, first + sibling.out(), scope);
                Tensor bias = sibling.bias() ? get(sibling.path() + ".bias", sibling.out()) : null;
                layers.add(new Linear(sibling.path(), matrix, bias, Linear.Layout.PLAIN));
            }
            first += sibling.out();
        }
        return new SiblingLinears(layers, joint);
    }

    private @Nullable FrozenMatrix joint(long in, List<Sibling> siblings) {
        List<StoredTensor> stored = siblings.stream()
                .map(sibling -> find(sibling.path() + ".weight", sibling.out(), in))
                .toList();
        if (outline || (format == WeightFormat.F32 && stored.stream().anyMatch(Weights::isMapped))) {
            return null;
        }
        try (Scope loading = Scope.open()) {
            return switch (format) {
                case F32 -> {
                    Tensor[] values = stored.stream()
                            .map(each -> read(each, new long[] {each.shape().get(0), in}))
                            .toArray(Tensor[]::new);
                    yield FrozenMatrix.of(scope.keep(Tensor.concatenate(values).to(device)));
                }
                case INT8 -> matrices.int8(stored, in);
                default -> null;
            };
        }
    }

    private static boolean isMapped(StoredTensor stored) {
        return stored instanceof StoredTensor.Mapped mapped && mapped.type() == ElementType.F32;
    }

    /** A decoder's layer from hidden states to the vocabulary. */
    Linear outputLayer(String path, long vocabulary, long hidden) {
        Linear layer = linear(path, path, format.ofOutputLayer(), vocabulary, hidden, false);
        return hasInt8Products() ? outputLayer(path, layer.matrix().withInt8Product(scope)) : layer;
    }

    private static Linear outputLayer(String path, FrozenMatrix matrix) {
        return new Linear(path, matrix, null, Linear.Layout.PLAIN);
    }

    private boolean hasInt8Products() {
        return format == WeightFormat.INT8_PRODUCTS && !outline;
    }

    /** The same where it reads the embedding table's values; packed ones are a copy, since the table is read by rows. */
    Linear tiedOutputLayer(String path, EmbeddingTable table) {
        if (hasInt8Products()) {
            return outputLayer(path, table.matrix().withInt8Product(scope));
        }
        boolean packed = format.ofOutputLayer() == WeightFormat.PACKED && !outline;
        return outputLayer(path, packed ? FrozenMatrix.packed(table.weight(), scope) : table.matrix());
    }

    /** A layer of a head for sequences, float32 whatever the format: it is small, and mostly trained whole. */
    Linear head(String path, String name, long out, long in, boolean bias) {
        return linear(path, name, WeightFormat.F32, out, in, bias);
    }

    /** A linear layer whose files have its matrix as [in, out]: seen transposed, not copied. */
    Linear conv1d(String path, String name, long out, long in, List<Linear.Part> parts) {
        FrozenMatrix matrix = matrix(name + ".weight", format, out, in, true);
        return new Linear(path, matrix, get(name + ".bias", out), new Linear.Layout(true, parts));
    }

    private Tensor read(StoredTensor stored, long[] shape) {
        if (outline) {
            return Tensor.repeated(0, shape);
        }
        Stored values = new Stored();
        return stored instanceof StoredTensor.Mapped part
                ? values.view(part).to(DType.F32)
                : values.decode((StoredTensor.Decoded) stored, 0, shape);
    }

    /** The values of stored tensors, on the processor. */
    private final class Stored implements MatrixLoader.Values {
        @Override
        public Tensor view(StoredTensor.Mapped stored) {
            MappedFile file = mapped.computeIfAbsent(stored.file(), MappedFile::open);
            long[] shape = stored.shape().stream().mapToLong(Long::longValue).toArray();
            return file.tensor(stored.offset(), DType.valueOf(stored.type().name()), shape);
        }

        @Override
        public Tensor decode(StoredTensor.Decoded stored, long first, long... shape) {
            Tensor tensor = Tensor.empty(DType.F32, shape);
            long elements = tensor.elements();
            int chunks = Math.toIntExact((elements + CHUNK - 1) / CHUNK);
            IntStream.range(0, chunks).parallel().forEach(chunk -> {
                long start = (long) chunk * CHUNK;
                int count = (int) Math.min(CHUNK, elements - start);
                float[] values = new float[count];
                stored.decoder().decode(first + start, values, count);
                tensor.writeFloats(start, values, count);
            });
            return tensor;
        }
    }

    /** The format of the model's matrices. */
    WeightFormat format() {
        return format;
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
