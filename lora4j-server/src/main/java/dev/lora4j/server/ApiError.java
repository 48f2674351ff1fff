package dev.lora4j.server;

import dev.lora4j.server.finetuning.RefusedException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a client is told went wrong, in the shape and with the words of OpenAI's API. */
final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String INVALID = "invalid_request_error";

    private final int status;
    private final String type;
    private final @Nullable String param;
    private final @Nullable String code;
    private final long retryAfterSeconds;

    private ApiError(int status, String type, String message, @Nullable String param, @Nullable String code) {
        this(status, type, message, param, code, Duration.ZERO);
    }

    private ApiError(
            int status,
            String type,
            String message,
            @Nullable String param,
            @Nullable String code,
            Duration retryAfter) {
        super(message, null, false, false); // a message to a client needs no stack trace
        this.status = status;
        this.type = type;
        this.param = param;
        this.code = code;
        this.retryAfterSeconds = retryAfter.toSeconds();
    }

    /** The body of an answer that tells it. */
    record Body(Content error) {
        record Content(
                String message,
                String type,
                @Nullable String param,
                @Nullable String code) {}
    }

    static ApiError invalid(String message) {
        return new ApiError(400, INVALID, message, null, null);
    }

    /** One field of the request is wrong. */
    static ApiError invalid(String param, String message) {
        return new ApiError(400, INVALID, message, param, null);
    }

    /** A field asks for something that is not done here. */
    static ApiError unsupported(String param, String message) {
        return new ApiError(400, INVALID, message, param, "unsupported_parameter");
    }

    static ApiError modelNotFound(String name) {
        return new ApiError(
                404,
                INVALID,
                "The model `" + name + "` does not exist or you do not have access to it.",
                "model",
                "model_not_found");
    }

    static ApiError unauthorized(String message) {
        return new ApiError(401, INVALID, message, null, "invalid_api_key");
    }

    static ApiError forbidden(String message) {
        return new ApiError(403, INVALID, message, null, "insufficient_permissions");
    }

    static ApiError notFound(String message) {
        return new ApiError(404, INVALID, message, null, "not_found");
    }

    static ApiError methodNotAllowed(String message) {
        return new ApiError(405, INVALID, message, null, "method_not_allowed");
    }

    static ApiError conflict(String message) {
        return new ApiError(409, INVALID, message, null, "conflict");
    }

    static ApiError tooLarge(long limit) {
        return new ApiError(
                413,
                INVALID,
                "the body has more than " + limit + " bytes, which is this server's limit",
                null,
                "request_too_large");
    }

    static ApiError contextLength(String param, String message) {
        return new ApiError(400, INVALID, message, param, "context_length_exceeded");
    }

    static ApiError queueFull(Duration retryAfter) {
        return new ApiError(
                429,
                "rate_limit_error",
                "the server is busy and its queue is full; try again later",
                null,
                "queue_full",
                retryAfter);
    }

    /** What fine-tuning refuses. */
    static ApiError of(RefusedException refused) {
        String message = String.valueOf(refused.getMessage());
        String param = refused.param().orElse(null);
        return switch (refused.reason()) {
            case INVALID -> new ApiError(400, INVALID, message, param, null);
            case NOT_FOUND -> new ApiError(404, INVALID, message, param, "not_found");
            case UNSUPPORTED -> new ApiError(400, INVALID, message, param, "unsupported_parameter");
            case FULL -> new ApiError(429, "rate_limit_error", message, param, "limit_reached");
            case TOO_LARGE -> new ApiError(413, INVALID, message, param, "request_too_large");
        };
    }

    static ApiError adapterMemoryFull(Duration retryAfter) {
        return new ApiError(
                429,
                "rate_limit_error",
                "the memory for adapters is full of those that other requests use; try again later",
                "model",
                "adapter_memory_full",
                retryAfter);
    }

    /** A key has used up what it may use. */
    static ApiError rateLimited(String what, String message, Duration retryAfter) {
        return new ApiError(429, what, message, null, "rate_limit_exceeded", retryAfter);
    }

    static ApiError shuttingDown(Duration retryAfter) {
        return new ApiError(503, "server_error", "the server is shutting down", null, "shutting_down", retryAfter);
    }

    static ApiError internal(String message) {
        return new ApiError(500, "server_error", message, null, null);
    }

    /** One that HTTP itself gives rise to. */
    static ApiError ofStatus(int status, String message) {
        return new ApiError(status, status < 500 ? INVALID : "server_error", message, null, null);
    }

    int status() {
        return status;
    }

    /** After how many seconds to try again, if that may help. */
    Optional<Long> retryAfterSeconds() {
        return retryAfterSeconds > 0 ? Optional.of(retryAfterSeconds) : Optional.empty();
    }

    Body body() {
        return new Body(new Body.Content(String.valueOf(getMessage()), type, param, code));
    }
}
