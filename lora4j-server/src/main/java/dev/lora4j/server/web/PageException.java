package dev.lora4j.server.web;

/** Why a visitor does not get what was asked for, in words for the visitor. */
public final class PageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /** With the status of HTTP that goes with it. */
    public PageException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** The status of HTTP that goes with it. */
    public int status() {
        return status;
    }

    /** What happened, for the visitor. */
    String words() {
        return String.valueOf(getMessage());
    }
}
