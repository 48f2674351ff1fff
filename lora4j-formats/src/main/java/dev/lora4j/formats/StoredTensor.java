package dev.lora4j.formats;

import java.nio.file.Path;
import java.util.List;

/** A tensor of a checkpoint, not yet in memory. */
public sealed interface StoredTensor permits StoredTensor.Mapped, StoredTensor.Decoded {
    /** The name, as Hugging Face would call it. */
    String name();

    /** The size of each dimension, slowest first; empty for a scalar. */
    List<Long> shape();

    /** How many elements the shape has. */
    default long elements() {
        return elements(shape());
    }

    /**
     * How many elements a shape has: 1 for a scalar.
     *
     * @throws ArithmeticException if a dimension is negative or the product does not fit a long
     */
    static long elements(List<Long> shape) {
        long product = 1;
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new ArithmeticException("negative dimension " + dimension);
            }
            product = Math.multiplyExact(product, dimension);
        }
        return product;
    }

    /**
     * Bytes that lie in a file as they are and can be memory-mapped, little-endian.
     *
     * @param offset of the first byte from the start of the file
     * @param bytes always elements times the size of the type
     */
    record Mapped(String name, ElementType type, List<Long> shape, Path file, long offset, long bytes)
            implements StoredTensor {
        public Mapped {
            shape = List.copyOf(shape);
            if (offset < 0 || bytes != Math.multiplyExact(StoredTensor.elements(shape), type.bytes())) {
                throw new IllegalArgumentException(
                        name + ": " + bytes + " bytes at " + offset + " cannot hold " + type + " " + shape);
            }
        }

        /** Whether the first element lies where its type may be read in place; if not, copy the bytes. */
        public boolean isAligned() {
            return offset % type.bytes() == 0;
        }
    }

    /** Values that must be computed (quantised blocks, transposed or shifted): always float32. */
    record Decoded(String name, List<Long> shape, Decoder decoder) implements StoredTensor {
        public Decoded {
            shape = List.copyOf(shape);
            StoredTensor.elements(shape);
        }
    }

    /** Computes values of one tensor; safe to call from several threads. */
    @FunctionalInterface
    interface Decoder {
        /**
         * Writes values to the start of an array.
         *
         * @param first flat index of the first element, row-major in the shape
         * @param into gets the float32 values at 0 to count, exclusive
         * @param count how many
         */
        void decode(long first, float[] into, int count);
    }

    /** Computes values that their file has in less than float32. */
    interface CompressedDecoder extends Decoder {
        /** Bytes that all values take in the file. */
        long bytes();
    }
}
