package dev.lora4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What commands read from and write to: results on one stream, messages on the other.
 *
 * <p>The only place that touches the process's own streams. Colour and redrawn lines appear on a terminal alone, and
 * no colour where {@code NO_COLOR} is set (no-color.org). Writing is safe for several threads.
 */
final class Console {
    private final PrintStream out;
    private final PrintStream err;
    private final InputStream in;
    private final Terminals terminals;

    private Console(PrintStream out, PrintStream err, InputStream in, Terminals terminals) {
        this.out = out;
        this.err = err;
        this.in = in;
        this.terminals = terminals;
    }

    /**
     * Which streams a person is at the other end of.
     *
     * @param colour whether escape sequences for colours are welcome there
     */
    record Terminals(boolean in, boolean out, boolean err, boolean colour) {
        /** Everything is a file or a pipe. */
        static final Terminals NONE = new Terminals(false, false, false, false);

        /** What the launcher found out by {@code test -t}; nothing is one if it was not asked. */
        static Terminals of(String launcherSays, Map<String, String> environment) {
            boolean colour = environment.getOrDefault("NO_COLOR", "").isEmpty()
                    && !environment.getOrDefault("TERM", "dumb").equals("dumb");
            return new Terminals(
                    launcherSays.contains("in"), launcherSays.contains("out"), launcherSays.contains("err"), colour);
        }
    }

    /** How a piece of text stands out. */
    enum Style {
        BOLD(1),
        DIM(2),
        RED(31),
        GREEN(32),
        CYAN(36);

        private final int code;

        Style(int code) {
            this.code = code;
        }
    }

    /** The streams of this process, in UTF-8. */
    static Console system() {
        Terminals terminals = Terminals.of(System.getProperty("lora4j.terminals", ""), System.getenv());
        return new Console(
                new PrintStream(System.out, false, StandardCharsets.UTF_8),
                new PrintStream(System.err, true, StandardCharsets.UTF_8),
                System.in,
                terminals);
    }

    /** Streams of one's own. */
    static Console of(InputStream in, PrintStream out, PrintStream err, Terminals terminals) {
        return new Console(out, err, in, terminals);
    }

    Terminals terminals() {
        return terminals;
    }

    /** Writes a line of the result. */
    void line(String text) {
        out.println(text);
        out.flush();
    }

    /** Writes a piece of the result at once, without an end of line. */
    void piece(String text) {
        out.print(text);
        out.flush();
    }

    /** Writes a result for machines. */
    void json(JsonNode result) {
        line(result.toPrettyString());
    }

    /** Writes a message that is not part of the result. */
    void message(String text) {
        err.println(text);
    }

    /** Writes a piece of a message that is not part of the result. */
    void messagePiece(String text) {
        err.print(text);
        err.flush();
    }

    /** Writes where a failure happened. */
    void stackTrace(Throwable failure) {
        failure.printStackTrace(err);
    }

    /** The text, standing out if results go to a terminal. */
    String styled(Style style, String text) {
        return terminals.out() && terminals.colour() ? "\u001b[" + style.code + "m" + text + "\u001b[0m" : text;
    }

    PrintWriter results() {
        return new PrintWriter(out, true, StandardCharsets.UTF_8);
    }

    PrintWriter messages() {
        return new PrintWriter(err, true, StandardCharsets.UTF_8);
    }

    /** What is written to this process, in UTF-8. */
    BufferedReader input() {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }
}
