package dev.lora4j.server;

/** How deep a text of JSON is nested, character by character. Confined to one thread. */
final class JsonNesting {
    private int depth;
    private boolean inString;
    private boolean escaped;

    void take(char c) {
        if (inString) {
            boolean ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            inString = !ends;
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }

    int depth() {
        return depth;
    }

    boolean isInString() {
        return inString;
    }
}
