package dev.lora4j.formats.gguf;

/**
 * What a GGUF header may state at most.
 *
 * <p>Each is well above any published model and low enough that a hostile header is refused before it costs memory.
 */
final class GgufLimits {
    /** Bytes of everything before the tensor data; Gemma 3 with 262,144 pieces has 6.5 million. */
    static final long MAX_HEADER_BYTES = 128L << 20;

    static final long MAX_KEYS = 65_536;
    static final long MAX_TENSORS = 100_000;

    /** The GGUF specification's own limit for a key. */
    static final long MAX_KEY_BYTES = 65_535;

    static final long MAX_NAME_BYTES = 1_024;
    static final long MAX_STRING_BYTES = 16L << 20;

    /** Elements of all arrays of the header together. */
    static final long MAX_ARRAY_ELEMENTS = 1L << 22;

    /** GGML_MAX_DIMS. */
    static final int MAX_DIMENSIONS = 4;

    static final long MAX_ALIGNMENT = 1L << 20;

    private GgufLimits() {}
}
