package dev.lora4j.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the calls in what a model says, while it says it.
 *
 * <p>The arguments of a call are passed on as they come, once its name is known to be one of the functions. What looks
 * like a call and turns out to be none is text. White space around calls is left out. Confined to one thread.
 */
final class ToolCallReader {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern HEADER = Pattern.compile(
            "\\{\\s*\"name\"\\s*:\\s*\"([a-zA-Z0-9_-]{1,64})\"\\s*," + "\\s*\"(?:arguments|parameters)\"\\s*:\\s*\\{");
    private static final int HEADER_CHARS = 300;

    private final ToolFormat format;
    private final Set<String> functions;
    private final boolean parallel;
    private final StringBuilder held = new StringBuilder(); // may be white space before a call, and its opening
    private final StringBuilder raw = new StringBuilder(); // what is text after all if it becomes no call
    private final StringBuilder object = new StringBuilder(); // of a call whose arguments have not begun
    private State state;
    private JsonNesting nesting = new JsonNesting();
    private List<Piece> out = new ArrayList<>();
    private boolean afterCall;
    private int calls;

    private enum State {
        /** Nothing but white space has come, of an answer that may be a call as a whole. */
        BEGIN,
        TEXT,
        /** Where a call may begin. */
        BETWEEN,
        HEAD,
        ARGUMENTS,
        /** After the arguments. */
        TAIL
    }

    /** What was found. */
    sealed interface Piece {
        record Text(String text) implements Piece {}

        record Begin(int index, String name) implements Piece {}

        record Arguments(int index, String text) implements Piece {}
    }

    ToolCallReader(ToolFormat format, Set<String> functions, boolean parallel) {
        this.format = format;
        this.functions = functions;
        this.parallel = parallel;
        this.state = format == ToolFormat.LLAMA ? State.BEGIN : State.TEXT;
    }

    /** Takes a piece of the answer, in which a special token that begins calls is written out. */
    List<Piece> next(String text) {
        out = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            take(text.charAt(i));
        }
        return out;
    }

    /** What is left at the end: the beginning of something that became no call is text. */
    List<Piece> finish() {
        out = new ArrayList<>();
        if (state == State.HEAD || (state == State.BETWEEN && calls == 0)) {
            text(raw.toString());
        } else if (calls == 0 || !held.toString().isBlank()) {
            text(held.toString());
        }
        return out;
    }

    private void take(char c) {
        switch (state) {
            case BEGIN -> begin(c);
            case TEXT -> inText(c);
            case BETWEEN -> between(c);
            case HEAD -> head(c);
            case ARGUMENTS -> arguments(c);
            case TAIL -> tail(c);
        }
    }

    private void begin(char c) {
        held.append(c);
        String begun = held.toString().strip();
        if (begun.equals("{")) {
            raw.append(held, 0, held.length() - 1);
            held.setLength(0);
            state = State.BETWEEN;
            between(c);
        } else if (begun.equals(format.opening())) {
            opens();
        } else if (!format.opening().startsWith(begun)) {
            state = State.TEXT;
            flush(held.length());
        }
    }

    private void inText(char c) {
        held.append(c);
        if (format == ToolFormat.LLAMA) {
            flush(held.length());
            return;
        }
        String all = held.toString();
        if (all.endsWith(format.opening())) {
            opens();
            return;
        }
        int end = all.length();
        for (int length = Math.min(end, format.opening().length() - 1); length > 0; length--) {
            if (all.endsWith(format.opening().substring(0, length))) {
                end -= length;
                break;
            }
        }
        flush(all.substring(0, end).stripTrailing().length());
    }

    private void opens() {
        raw.append(held);
        held.setLength(0);
        state = State.BETWEEN;
    }

    private void flush(int chars) {
        text(held.substring(0, chars));
        held.delete(0, chars);
    }

    private void between(char c) {
        raw.append(c);
        if (c == '{') {
            object.setLength(0);
            nesting = new JsonNesting();
            raw.setLength(raw.length() - 1);
            state = State.HEAD;
            head(c);
        } else if (c == ']' && format == ToolFormat.MISTRAL && calls > 0) {
            raw.setLength(0);
            state = State.TEXT;
        } else if (!Character.isWhitespace(c) && "[,;".indexOf(c) < 0) {
            becomesText();
        }
    }

    private void head(char c) {
        raw.append(c);
        object.append(c);
        nesting.take(c);
        Matcher header = HEADER.matcher(object);
        if (c == '{' && object.length() < HEADER_CHARS && header.matches()) {
            String name = header.group(1);
            if (functions.contains(name)) {
                calls(name, "{");
                state = State.ARGUMENTS;
            } else {
                becomesText();
            }
        } else if (nesting.depth() == 0) {
            whole();
        } else if (!nesting.isInString() && isClosed()) {
            becomesText();
        }
    }

    private boolean isClosed() {
        return format == ToolFormat.HERMES && raw.toString().endsWith(format.closing());
    }

    /** A call whose members came in another order, or whose arguments are written as a string. */
    private void whole() {
        JsonNode call;
        try {
            call = JSON.readTree(object.toString());
        } catch (JsonProcessingException e) {
            becomesText();
            return;
        }
        JsonNode arguments = call.has("arguments") ? call.get("arguments") : call.path("parameters");
        boolean known = functions.contains(call.path("name").asText());
        if (!known || !(arguments.isObject() || arguments.isTextual() || arguments.isMissingNode())) {
            becomesText();
            return;
        }
        String written =
                arguments.isMissingNode() ? "{}" : arguments.isTextual() ? arguments.asText() : arguments.toString();
        calls(call.path("name").asText(), written);
        state = format == ToolFormat.HERMES ? State.TAIL : State.BETWEEN;
    }

    private void calls(String name, String arguments) {
        add(new Piece.Begin(calls, name));
        add(new Piece.Arguments(calls, arguments));
        calls++;
        afterCall = true;
        raw.setLength(0);
    }

    private void arguments(char c) {
        if (c == '<' && format == ToolFormat.HERMES && !nesting.isInString()) {
            state = State.TAIL; // the model left out a brace
            tail(c);
            return;
        }
        nesting.take(c);
        add(new Piece.Arguments(calls - 1, Character.toString(c)));
        if (nesting.depth() == 1) {
            state = State.TAIL;
        }
    }

    private void tail(char c) {
        raw.append(c);
        nesting.take(c);
        if (format == ToolFormat.HERMES ? isClosed() : nesting.depth() == 0) {
            raw.setLength(0);
            state = format == ToolFormat.HERMES ? State.TEXT : State.BETWEEN;
        }
    }

    private void becomesText() {
        state = State.TEXT;
        text(raw.toString());
        raw.setLength(0);
    }

    private void text(String text) {
        String seen = afterCall ? text.stripLeading() : text;
        if (!seen.isEmpty()) {
            afterCall = false;
            add(new Piece.Text(seen));
        }
    }

    private static int indexOf(Piece call) {
        return call instanceof Piece.Begin begin
                ? begin.index()
                : call instanceof Piece.Arguments arguments ? arguments.index() : 0;
    }

    private void add(Piece piece) {
        if (!parallel && indexOf(piece) > 0) {
            return;
        }
        int last = out.size() - 1;
        if (last >= 0 && piece instanceof Piece.Text more && out.get(last) instanceof Piece.Text before) {
            out.set(last, new Piece.Text(before.text() + more.text()));
        } else if (last >= 0
                && piece instanceof Piece.Arguments more
                && out.get(last) instanceof Piece.Arguments before
                && before.index() == more.index()) {
            out.set(last, new Piece.Arguments(more.index(), before.text() + more.text()));
        } else {
            out.add(piece);
        }
    }
}
