package dev.lora4j.generation;

import dev.lora4j.data.TokenStream;

/** Turns the tokens of one sequence into text and tells its listener what is surely to be seen. */
final class TextSink implements TokenSink {
    private final TokenStream stream;
    private final StopScanner scanner;
    private final TextListener listener;
    private final StringBuilder text = new StringBuilder();

    TextSink(TokenStream stream, StopScanner scanner, TextListener listener) {
        this.stream = stream;
        this.scanner = scanner;
        this.listener = listener;
    }

    @Override
    public Verdict accept(int token) {
        boolean wanted = give(scanner.next(stream.next(token)));
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

    private boolean give(String piece) {
        text.append(piece);
        return piece.isEmpty() || listener.text(piece);
    }

    @Override
    public String text() {
        return text.toString();
    }
}
