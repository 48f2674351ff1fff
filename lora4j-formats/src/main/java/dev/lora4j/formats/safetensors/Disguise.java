package dev.lora4j.formats.safetensors;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a file that is called safetensors really is, as far as its first bytes tell. */
final class Disguise {
    private Disguise() {}

    static String hint(ByteBuffer prefix) {
        String start = StandardCharsets.ISO_8859_1.decode(prefix.duplicate()).toString();
        if (start.startsWith("PK")) {
            return "; it looks like a zip or a PyTorch .bin file: convert it to safetensors with Python";
        }
        if (start.charAt(0) == '\u0080') {
            return "; it looks like a Python pickle, which can run code and is not read: convert it to safetensors";
        }
        if (start.startsWith("GGUF")) {
            return "; it looks like a GGUF file: give it the ending .gguf";
        }
        if (start.startsWith("version ")) {
            return "; it looks like a Git LFS pointer: fetch the real file with git lfs pull";
        }
        if (start.startsWith("<")) {
            return "; it looks like a web page: the download went wrong";
        }
        return "";
    }
}
