package dev.lora4j.server;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.server.ChatCompletion.Delta;
import dev.lora4j.server.ToolCallReader.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One choice of a chat that may call functions: its text, and its calls. Confined to the thread that answers. */
final class ToolAnswer {
    private final ToolFormat format;
    private final Tokenizer tokenizer;
    private final ToolCallReader reader;
    private final StringBuilder text = new StringBuilder();
    private final List<Call> calls = new ArrayList<>();

    private record Call(String id, String name, StringBuilder arguments) {}

    ToolAnswer(ToolFormat format, ToolUse use, Tokenizer tokenizer) {
        this.format = format;
        this.tokenizer = tokenizer;
        Set<String> functions = use.tools().stream().map(Tool::name).collect(Collectors.toSet());
        this.reader = new ToolCallReader(format, functions, use.parallel());
    }

    /** What an event adds. */
    List<Delta> take(Event event) {
        if (event instanceof Event.Token token) {
            return taken(reader.next(opens(token.id()) ? format.opening() + token.text() : token.text()));
        }
        if (event instanceof Event.Rest rest) {
            return taken(reader.next(rest.text()));
        }
        return event instanceof Event.Ended ? taken(reader.finish()) : List.of();
    }

    /** A special token has no text of its own. */
    private boolean opens(int token) {
        return tokenizer.specialIds().contains(token)
                && tokenizer.tokenText(token).equals(format.opening());
    }

    private List<Delta> taken(List<Piece> pieces) {
        List<Delta> deltas = new ArrayList<>();
        for (Piece piece : pieces) {
            if (piece instanceof Piece.Text more) {
                text.append(more.text());
                deltas.add(new Delta(null, more.text(), null));
            } else if (piece instanceof Piece.Begin begin) {
                Call call = new Call(format.newId(), begin.name(), new StringBuilder());
                calls.add(call);
                deltas.add(Delta.of(ToolCall.Delta.begin(begin.index(), call.id(), call.name())));
            } else if (piece instanceof Piece.Arguments more) {
                calls.get(more.index()).arguments().append(more.text());
                deltas.add(Delta.of(ToolCall.Delta.arguments(more.index(), more.text())));
            }
        }
        return deltas;
    }

    /** The whole text; null if there are only calls. */
    @Nullable
    String text() {
        return text.isEmpty() && !calls.isEmpty() ? null : text.toString();
    }

    /** The calls; empty if there are none. */
    Optional<List<ToolCall>> calls() {
        return calls.isEmpty()
                ? Optional.empty()
                : Optional.of(calls.stream()
                        .map(call -> new ToolCall(
                                call.id(),
                                "function",
                                new ToolCall.Function(
                                        call.name(), call.arguments().toString())))
                        .toList());
    }
}
