package dev.lora4j.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 over a configuration and the first values of every linear layer's first row. */
final class ModelFingerprint {
    private static final int VALUES = 16;

    private ModelFingerprint() {}

    static String of(ObjectNode config, List<Linear> linears) {
        try (Scope scope = Scope.open()) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(config.toString().getBytes(StandardCharsets.UTF_8));
            Tensor zero = Tensor.of(new long[] {0});
            for (Linear linear : linears) {
                Tensor first = zero.to(linear.matrix().device());
                long width = Math.min(VALUES, linear.inFeatures());
                float[] values =
                        linear.matrix().selectRows(first).narrow(1, 0, width).toFloats();
                digest.update((linear.path() + Arrays.toString(values)).getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
