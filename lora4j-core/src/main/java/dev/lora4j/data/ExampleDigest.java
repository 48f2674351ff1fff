package dev.lora4j.data;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** One number for the content of many examples. */
final class ExampleDigest {
    private ExampleDigest() {}

    static String of(List<Example> examples) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            examples.forEach(example -> digest.update(bytes(example)));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Every part with its length or presence before it, so that no two lists of examples have the same bytes. */
    private static byte[] bytes(Example example) {
        ByteBuffer bytes = ByteBuffer.allocate(9 * example.length() + 18);
        bytes.putInt(example.length());
        for (int i = 0; i < example.length(); i++) {
            bytes.putInt(example.token(i)).putInt(example.type(i)).put((byte) (example.trained(i) ? 1 : 0));
        }
        bytes.put((byte) (example.label().isPresent() ? 1 : 0))
                .putInt(example.label().orElse(0));
        bytes.put((byte) (example.score().isPresent() ? 1 : 0))
                .putDouble(example.score().orElse(0));
        return bytes.array();
    }
}
