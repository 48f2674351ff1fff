package dev.lora4j.lora;

import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.FileContent;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.TensorContent;
import dev.lora4j.model.ExpertStack;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Magnitude;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Tensors of a merged model, computed piece by piece while they are written.
 *
 * <p>W + s·B·A is computed in float32 and rounded once, to the type that is written.
 */
final class MergedTensors {
    /** Values in memory at a time: 4 Mi float32 are 16 MiB. */
    private static final int PIECE = 1 << 22;

    private final StoredValues values;
    private final Optional<ElementType> wanted;

    /** Writes every floating tensor in the wanted type, if there is one, else in its own. */
    MergedTensors(StoredValues values, Optional<ElementType> wanted) {
        this.values = values;
        this.wanted = wanted;
    }

    private interface Piece {
        /** Values from a flat index on, of the calling thread's scope. */
        Tensor read(long first, int count);
    }

    /** A tensor of the base, unchanged but for its type. */
    TensorContent copied(String name, StoredTensor stored) {
        Piece piece = (first, count) -> values.read(stored, first, count);
        return content(name, type(stored), stored.shape(), PIECE, piece);
    }

    /**
     * W + s·B·A for each pair in turn, with DoRA m/n ∘ that.
     *
     * @param stored [out, in], or a kernel [out, in, width]
     * @param turned whether W is stored as [in, out], whose change is (B·A)ᵀ: a table [vocabulary, hidden] too
     */
    TensorContent merged(String name, StoredTensor stored, List<LowRank> pairs, boolean turned) {
        long elements = StoredTensor.elements(stored.shape());
        int width = Math.toIntExact(elements / stored.shape().get(0));
        int pieceSize = Math.max(1, PIECE / width) * width;
        List<float[]> norms = new ArrayList<>();
        Piece piece = (first, count) -> {
            Tensor weight =
                    values.read(stored, first, count).to(DType.F32).copy().view(count / width, width);
            for (LowRank pair : pairs) {
                if (turned) {
                    mergeTurned(weight, pair, first / width, norms);
                } else {
                    merge(weight, pair, first / width);
                }
            }
            return weight;
        };
        if (turned && pairs.stream().anyMatch(pair -> pair.magnitude() != null)) {
            norms.add(columnNorms(piece, elements, pieceSize, width));
        }
        return content(name, type(stored), stored.shape(), pieceSize, piece);
    }

    /**
     * W + s·B·A of some rows of a layer's experts.
     *
     * @param start number of the tensor's first row among those of all experts
     */
    TensorContent experts(String name, StoredTensor stored, ExpertStack stack, long start, LowRank pair) {
        int width = Math.toIntExact(stored.shape().get(stored.shape().size() - 1));
        Piece piece = (first, count) -> {
            Tensor weight =
                    values.read(stored, first, count).to(DType.F32).copy().view(count / width, width);
            ExpertPairs.addRows(stack, weight, start + first / width, pair);
            return weight;
        };
        return content(name, type(stored), stored.shape(), Math.max(1, PIECE / width) * width, piece);
    }

    private static void merge(Tensor weight, LowRank pair, long start) {
        long end = start + weight.size(0);
        weight.addProductInPlace(pair.b().rows(start, end), pair.a(), pair.scaling());
        Magnitude magnitude = pair.magnitude();
        if (magnitude != null) {
            Tensor factor =
                    magnitude.values().rows(start, end).view(end - start, 1).dividedBy(weight.norm(-1));
            weight.timesInPlace(factor);
        }
    }

    private static void mergeTurned(Tensor weight, LowRank pair, long start, List<float[]> norms) {
        Tensor columns = pair.a().narrow(1, start, weight.size(0)).transpose(0, 1);
        weight.addProductInPlace(columns, pair.b().transpose(0, 1), pair.scaling());
        Magnitude magnitude = pair.magnitude();
        if (magnitude != null && !norms.isEmpty()) {
            weight.timesInPlace(magnitude.values().dividedBy(Tensor.of(norms.get(0), weight.size(1))));
        }
    }

    /** ‖·‖ of every column of a whole matrix [rows, width], by a pass of its own over the pieces. */
    private static float[] columnNorms(Piece piece, long elements, int pieceSize, int width) {
        try (Scope scope = Scope.open()) {
            Tensor squares = Tensor.zeros(DType.F32, 1, width);
            for (long first = 0; first < elements; first += pieceSize) {
                try (Scope each = Scope.open()) {
                    int count = (int) Math.min(pieceSize, elements - first);
                    squares.addInPlace(piece.read(first, count).norm(0).square(), 1);
                }
            }
            return squares.sqrt().toFloats();
        }
    }

    /** A bias with B's own beside it. */
    TensorContent added(String name, StoredTensor stored, Tensor bias, double scaling) {
        Piece piece = (first, count) -> values.read(stored, first, count)
                .to(DType.F32)
                .copy()
                .addInPlace(bias.narrow(0, first, count), scaling);
        return content(name, type(stored), stored.shape(), PIECE, piece);
    }

    /** A tensor that the adapter brings with it, in the type of the base's. */
    TensorContent replaced(String name, Tensor tensor, ElementType type) {
        List<Long> shape = Arrays.stream(tensor.shape()).boxed().toList();
        Piece piece =
                (first, count) -> tensor.contiguous().view(tensor.elements()).narrow(0, first, count);
        return content(name, wanted.orElse(type), shape, PIECE, piece);
    }

    ElementType type(StoredTensor stored) {
        ElementType own = stored instanceof StoredTensor.Mapped part ? part.type() : ElementType.F32;
        return DType.valueOf(own.name()).isFloating() ? wanted.orElse(own) : own;
    }

    private static TensorContent content(String name, ElementType type, List<Long> shape, int pieceSize, Piece piece) {
        DType dtype = DType.valueOf(type.name());
        long elements = StoredTensor.elements(shape);
        return new TensorContent(name, type, shape, channel -> {
            for (long first = 0; first < elements; first += pieceSize) {
                int count = (int) Math.min(pieceSize, elements - first);
                FileContent.bytes(ByteBuffer.wrap(bytes(name, piece, first, count, dtype)))
                        .writeTo(channel);
            }
        });
    }

    private static byte[] bytes(String name, Piece piece, long first, int count, DType dtype) {
        try (Scope scope = Scope.open()) {
            Tensor written = piece.read(first, count).to(dtype);
            if (dtype.isFloating() && !written.isFinite()) {
                throw new AdapterException(name + ": the merged tensor has values that are NaN or infinite as " + dtype
                        + "; nothing was written, check the adapter's tensors or choose a wider type");
            }
            return written.toBytes();
        }
    }
}
