package dev.lora4j.lora;

import dev.lora4j.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** The identity of an adapter: what it computes, whatever it is called. */
final class AdapterDigest {
    private AdapterDigest() {}

    static String of(Adapter adapter) {
        MessageDigest digest = sha256();
        for (Map.Entry<String, Tensor> entry : new TreeMap<>(adapter.tensors()).entrySet()) {
            Tensor tensor = entry.getValue();
            update(digest, entry.getKey() + Arrays.toString(tensor.shape()));
            values(digest, tensor);
        }
        new TreeMap<>(adapter.parts().anchors()).forEach((path, pair) -> {
            update(digest, path);
            values(digest, pair.a());
            values(digest, pair.b());
        });
        new TreeMap<>(adapter.lowRanks()).forEach((path, pair) -> update(digest, path + "=" + pair.scaling()));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void values(MessageDigest digest, Tensor tensor) {
        float[] values = tensor.toFloats();
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        digest.update(bytes.array());
    }

    private static void update(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
