package dev.lora4j.formats.gguf;

/** Two neighbouring tokens that byte-pair encoding joins. */
record Merge(String left, String right) {
    String joined() {
        return left + right;
    }
}
