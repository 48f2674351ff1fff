package dev.lora4j.server.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/** An answer that one thread reads as it comes, and any thread may stop. */
public interface PendingAnswer {
    /** Takes a piece of the answer's text. */
    @FunctionalInterface
    interface PieceTaker {
        void take(String text) throws IOException;
    }

    /**
     * How an answer ended.
     *
     * @param tokens of it; 0 if it was stopped
     */
    record Ending(Reason reason, int tokens) {
        /** Why it ended. */
        public enum Reason {
            /** The model had said all. */
            COMPLETE,
            /** There was no room for more tokens. */
            LENGTH,
            /** Somebody stopped it. */
            STOPPED
        }
    }

    /**
     * Lets the model answer, and passes on what it says until it has ended, was stopped, or the browser has gone.
     *
     * @param request whose connection is looked after
     * @throws PageException if the server cannot answer
     * @throws IOException if the browser has gone
     */
    Ending read(HttpServletRequest request, PieceTaker taker) throws IOException;

    /** Ends the answer soon, or before it begins. */
    void stop();
}
