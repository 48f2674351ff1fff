package dev.lora4j.server.finetuning;

import java.io.Serial;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request that cannot be done as it is asked for; the message is for the client. */
public final class RefusedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final @Nullable String param;

    private RefusedException(Reason reason, @Nullable String param, String message) {
        super(message, null, false, false);
        this.reason = reason;
        this.param = param;
    }

    /** Of what kind the mistake is. */
    public enum Reason {
        /** A field is not what it should be. */
        INVALID,
        /** There is no such thing, or not for this account. */
        NOT_FOUND,
        /** It asks for something that is not done here. */
        UNSUPPORTED,
        /** There is no room for it now. */
        FULL,
        /** It has more bytes than are taken. */
        TOO_LARGE
    }

    static RefusedException invalid(String param, String message) {
        return new RefusedException(Reason.INVALID, param, message);
    }

    static RefusedException notFound(String param, String message) {
        return new RefusedException(Reason.NOT_FOUND, param, message);
    }

    static RefusedException unsupported(String param, String message) {
        return new RefusedException(Reason.UNSUPPORTED, param, message);
    }

    static RefusedException full(String message) {
        return new RefusedException(Reason.FULL, null, message);
    }

    static RefusedException tooLarge(String message) {
        return new RefusedException(Reason.TOO_LARGE, "file", message);
    }

    /** The kind of mistake. */
    public Reason reason() {
        return reason;
    }

    /** The field that is wrong, if it is one. */
    public Optional<String> param() {
        return Optional.ofNullable(param);
    }
}
