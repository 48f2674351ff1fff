package dev.lora4j.generation;

import dev.lora4j.data.TokenStream;
import java.util.Optional;
import java.util.OptionalInt;

/** Turns the tokens of one sequence into text and tells its listener what is surely to be seen. */
final class TextSink implements TokenSink {
    private final TokenStream stream;
    private final StopScanner scanner;
    private final SequenceListener listener;
    private final StringBuilder text = new StringBuilder();

    TextSink(TokenStream stream, StopScanner scanner, SequenceListener listener) {
        this.stream = stream;
        this.scanner = scanner;
        this.listener = listener;
    }

    @Override
    public OptionalInt likeliest() {
        return listener.likeliest();
    }

    @Override
    public Verdict accept(int token, Optional<TokenScores> scores) {
        String piece = scanner.next(stream.next(token));
        text.append(piece);
        boolean wanted = listener.token(token, scores, piece);
        if (scanner.isStopped()) {
            return Verdict.STOP;
        }
        return wanted ? Verdict.GO_ON : Verdict.CANCEL;
    }

    @Override
    public boolean end() {
        give(scanner.next(stream.finish()));
        give(scanner.finish());
        return scanner.isStopped();
    }

    private void give(String piece) {
        text.append(piece);
        if (!piece.isEmpty()) {
            listener.rest(piece);
        }
    }

    @Override
    public String text() {
        return text.toString();
    }
}
