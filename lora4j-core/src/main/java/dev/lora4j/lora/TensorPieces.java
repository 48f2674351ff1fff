package dev.lora4j.lora;

import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.FileContent;
import dev.lora4j.formats.safetensors.TensorContent;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** float32 tensors on their way into a file: read piece by piece when they are written, never as one array. */
public final class TensorPieces {
    /** Values in memory at a time: 1 Mi float32 are 4 MiB. */
    private static final int PIECE = 1 << 20;

    private TensorPieces() {}

    /** A tensor that must live, and keep its values, until it is written. */
    public static TensorContent of(String name, Tensor tensor) {
        return content(name, shape(tensor), () -> tensor);
    }

    /** The same for a matrix [out, in] whose file has it as [in, out]. */
    static TensorContent turned(String name, Tensor matrix) {
        return content(name, List.of(matrix.size(1), matrix.size(0)), () -> matrix.transpose(0, 1));
    }

    private interface Source {
        /** The tensor as the file has it, of the calling thread's scope. */
        Tensor tensor();
    }

    private static List<Long> shape(Tensor tensor) {
        return Arrays.stream(tensor.shape()).boxed().toList();
    }

    private static TensorContent content(String name, List<Long> shape, Source source) {
        return new TensorContent(name, ElementType.F32, shape, channel -> {
            try (Scope writing = Scope.open()) {
                Tensor flat = source.tensor().contiguous().view(-1);
                for (long first = 0; first < flat.elements(); first += PIECE) {
                    try (Scope each = Scope.open()) {
                        byte[] bytes = flat.narrow(0, first, Math.min(PIECE, flat.elements() - first))
                                .toBytes();
                        FileContent.bytes(ByteBuffer.wrap(bytes)).writeTo(channel);
                    }
                }
            }
        });
    }
}
