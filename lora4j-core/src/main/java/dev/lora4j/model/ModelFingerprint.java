package dev.lora4j.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.tensor.Scope;
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
            for (Linear linear : linears) {
                long width = Math.min(VALUES, linear.inFeatures());
                float[] values = linear.weight().rows(0, 1).narrow(1, 0, width).toFloats();
                digest.update((linear.path() + Arrays.toString(values)).getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
