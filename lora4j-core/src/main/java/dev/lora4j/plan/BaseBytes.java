package dev.lora4j.plan;

import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.EmbeddingTable;
import dev.lora4j.model.WeightFormat;
import java.util.Optional;

/**
 * Bytes of a base in memory, in a format: its weights, and pages of the file that they were decoded from.
 *
 * <pre>
 * float32 4 bytes a value;  bf16 2;  int8 1 and 4 a row;  nf4 1/2 and 4 for 64 values, the vocabulary as int8
 * int8-products 1 and 4 a row in either direction, the vocabulary float32, and the output layer 1 and 4 a row besides
 * norms, biases and kernels always float32
 * </pre>
 *
 * @param weights of all its tensors
 * @param file pages that stay mapped beside them
 */
record BaseBytes(long weights, long file) {
    private static final int BLOCK = 64;

    /**
     * The bytes.
     *
     * @param files which {@link WeightFormat#STORED} is told by, and what stays mapped
     */
    static BaseBytes of(ModelShape shape, WeightFormat format, Optional<ModelFiles> files) {
        if (format == WeightFormat.STORED) {
            return new BaseBytes(
                    stored(
                            shape,
                            files.orElseThrow(
                                    () -> new IllegalArgumentException(
                                            shape.model().name()
                                                    + ": there are no files to keep the weights as stored; choose another format"))),
                    0);
        }
        return new BaseBytes(
                loaded(shape, format), files.map(BaseBytes::decoded).orElse(0L));
    }

    /** Pages of what is decoded: what is copied as it is leaves none, what is used as it is has its weights there. */
    private static long decoded(ModelFiles files) {
        return files.tensors().values().stream()
                .filter(tensor -> tensor instanceof StoredTensor.Decoded)
                .mapToLong(BaseBytes::compressed)
                .sum();
    }

    private static long loaded(ModelShape shape, WeightFormat format) {
        long bytes = Float.BYTES * shape.model().parameters();
        for (AdaptableModule matrix : shape.matrices()) {
            long rows = matrix.shape()[0];
            long values = rows * matrix.shape()[1];
            bytes += matrix(format, isVocabulary(matrix), rows, values) - Float.BYTES * values;
        }
        return bytes + copyOfOutputLayer(shape, format);
    }

    private static long copyOfOutputLayer(ModelShape shape, WeightFormat format) {
        long rows = shape.hasVocabularyHead() ? shape.model().vocabularySize() : 0;
        return switch (format) {
            case PACKED -> shape.model().hasTiedEmbeddings() ? Float.BYTES * rows * shape.hidden() : 0;
            case INT8_PRODUCTS -> rows * (shape.hidden() + Float.BYTES);
            default -> 0;
        };
    }

    private static boolean isVocabulary(AdaptableModule module) {
        return module instanceof EmbeddingTable || module.path().equals("lm_head");
    }

    private static long matrix(WeightFormat format, boolean vocabulary, long rows, long values) {
        long int8 = values + Float.BYTES * rows;
        return switch (format) {
            case F32, PACKED, STORED -> Float.BYTES * values;
            case BF16 -> 2 * values;
            case INT8 -> int8;
            case NF4 -> vocabulary ? int8 : (values + 1) / 2 + Float.BYTES * ((values + BLOCK - 1) / BLOCK);
            case INT8_PRODUCTS -> vocabulary ? Float.BYTES * values : 2 * int8;
        };
    }

    private static long stored(ModelShape shape, ModelFiles files) {
        long bytes = 0;
        for (StoredTensor tensor : files.tensors().values()) {
            if (shape.model().tensorName(tensor.name()).isPresent()) {
                bytes += tensor.shape().size() == 2 ? compressed(tensor) : Float.BYTES * tensor.elements();
            }
        }
        return bytes;
    }

    private static long compressed(StoredTensor tensor) {
        if (tensor instanceof StoredTensor.Mapped mapped) {
            return mapped.bytes();
        }
        return ((StoredTensor.Decoded) tensor).decoder() instanceof StoredTensor.CompressedDecoder decoder
                ? decoder.bytes()
                : Float.BYTES * tensor.elements();
    }
}
