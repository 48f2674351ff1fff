package dev.lora4j.model;

import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.FrozenMatrix;
import dev.lora4j.tensor.MatrixCompression;
import dev.lora4j.tensor.RowSource;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.List;
import java.util.Set;

/** Brings stored matrices into memory in a compressed format, some rows at a time. */
final class MatrixLoader {
    private static final Set<ElementType> HALVES = Set.of(ElementType.F16, ElementType.BF16);

    private final Values values;
    private final MatrixCompression compression;

    /**
     * A loader.
     *
     * @param owner of the matrices
     */
    MatrixLoader(Values values, Scope owner) {
        this.values = values;
        this.compression = new MatrixCompression(owner);
    }

    /** Reads stored tensors, on the processor. */
    interface Values {
        /** A tensor of the file, not copied. */
        Tensor view(StoredTensor.Mapped stored);

        /** Decoded float32 values from a flat index on. */
        Tensor decode(StoredTensor.Decoded stored, long first, long... shape);
    }

    /**
     * Loads a matrix.
     *
     * @param stored [out, in], or where it is turned [in, out]
     * @param format neither of float32 nor {@link WeightFormat#INT8_PRODUCTS}, and {@link WeightFormat#STORED} only if it
     *     {@linkplain #isCompressed is compressed}
     */
    FrozenMatrix load(StoredTensor stored, WeightFormat format, long out, long in, boolean turned) {
        if (format == WeightFormat.STORED) {
            return asStored(stored, out, in, turned);
        }
        try (Scope scope = Scope.open()) {
            RowSource rows = turned ? turned(stored, out, in) : rows(stored, in);
            return switch (format) {
                case BF16 -> compression.bf16(rows, out, in);
                case INT8 -> compression.int8(rows, out, in);
                case NF4 -> compression.nf4(rows, out, in);
                case F32, PACKED, INT8_PRODUCTS, STORED ->
                    throw new IllegalArgumentException(format + " is not loaded some rows at a time");
            };
        }
    }

    /** Matrices [out, in] one below another, as bytes. */
    FrozenMatrix int8(List<StoredTensor> stored, long in) {
        List<RowSource> sources = stored.stream().map(each -> rows(each, in)).toList();
        List<Long> heights = stored.stream().map(each -> each.shape().get(0)).toList();
        long out = heights.stream().mapToLong(Long::longValue).sum();
        return compression.int8(RowSource.stacked(sources, heights), out, in);
    }

    /** True if the file has the matrix in less than float32, in an order in which its rows can be computed. */
    static boolean isCompressed(StoredTensor stored, boolean turned) {
        return stored instanceof StoredTensor.Mapped mapped
                ? HALVES.contains(mapped.type())
                : !turned
                        && ((StoredTensor.Decoded) stored).decoder() instanceof StoredTensor.CompressedDecoder decoder
                        && decoder.bytes() < stored.elements() * DType.F32.bytes();
    }

    private FrozenMatrix asStored(StoredTensor stored, long out, long in, boolean turned) {
        try (Scope scope = Scope.open()) {
            if (stored instanceof StoredTensor.Mapped mapped) {
                Tensor view = values.view(mapped);
                return compression.half(turned ? view.transpose(0, 1) : view);
            }
            StoredTensor.Decoded decoded = (StoredTensor.Decoded) stored;
            StoredTensor.CompressedDecoder decoder = (StoredTensor.CompressedDecoder) decoded.decoder();
            return compression.decoded(decoder::decode, out, in, decoder.bytes());
        }
    }

    private RowSource rows(StoredTensor stored, long width) {
        if (stored instanceof StoredTensor.Mapped mapped) {
            Tensor all = values.view(mapped);
            return (start, end) -> all.rows(start, end).to(DType.F32);
        }
        StoredTensor.Decoded decoded = (StoredTensor.Decoded) stored;
        return (start, end) -> values.decode(decoded, start * width, end - start, width);
    }

    private RowSource turned(StoredTensor stored, long out, long in) {
        Tensor all = rows(stored, out).rows(0, in).transpose(0, 1);
        return (start, end) -> all.rows(start, end).contiguous();
    }
}
