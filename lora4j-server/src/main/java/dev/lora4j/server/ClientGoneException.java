package dev.lora4j.server;

import org.jspecify.annotations.Nullable;

/** The client of a request is not there any more, so there is nobody to answer. */
final class ClientGoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClientGoneException(String how, @Nullable Throwable cause) {
        super("the client has gone: " + how, cause, false, false);
    }
}
