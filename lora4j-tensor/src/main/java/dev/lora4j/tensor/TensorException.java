package dev.lora4j.tensor;

/** An operation got tensors it cannot work with, or the engine is not usable. */
public final class TensorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says what was found, what was expected and what to do. */
    public TensorException(String message) {
        super(message);
    }

    /** The same, with the engine's own error as cause. */
    public TensorException(String message, Throwable cause) {
        super(message, cause);
    }
}
