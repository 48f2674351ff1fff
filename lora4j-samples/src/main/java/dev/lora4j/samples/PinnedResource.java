package dev.lora4j.samples;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A class path resource whose content is known beforehand.
 *
 * @param path where it lies on the class path, without a leading slash
 * @param size its length in bytes
 * @param sha256 its digest in hexadecimal
 * @param dependency the Maven dependency that brings it
 */
record PinnedResource(String path, long size, String sha256, String dependency) {

    /**
     * Makes {@code file} a copy of the resource, unless it is one already; whoever else looks sees no file or all of it.
     *
     * <p>Two processes may do this at once: each writes its own temporary file and moves it into place.
     */
    void copyTo(Path file) {
        try {
            if (isCopy(file)) {
                return;
            }
            Path folder =
                    Files.createDirectories(file.toAbsolutePath().normalize().getParent());
            Path temporary = Files.createTempFile(folder, file.getFileName() + ".", ".part");
            try {
                extractTo(temporary);
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new SampleDataException(file + ": " + path + " cannot be copied there: " + e.getMessage(), e);
        }
    }

    /** The whole resource, checked. */
    byte[] bytes() {
        try (InputStream stream = open()) {
            byte[] bytes = stream.readAllBytes();
            check(bytes.length, HexFormat.of().formatHex(sha256Digest().digest(bytes)));
            return bytes;
        } catch (IOException e) {
            throw new SampleDataException(path + " cannot be read from its jar: " + e.getMessage(), e);
        }
    }

    private boolean isCopy(Path file) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) != size) {
            return false;
        }
        try (DigestInputStream stream = new DigestInputStream(Files.newInputStream(file), sha256Digest())) {
            stream.transferTo(OutputStream.nullOutputStream());
            return digestOf(stream).equals(sha256);
        }
    }

    private void extractTo(Path file) throws IOException {
        try (DigestInputStream stream = new DigestInputStream(open(), sha256Digest());
                OutputStream output = Files.newOutputStream(file)) {
            long length = stream.transferTo(output);
            check(length, digestOf(stream));
        }
    }

    private InputStream open() {
        InputStream stream = PinnedResource.class.getClassLoader().getResourceAsStream(path);
        if (stream == null) {
            throw new SampleDataException(path + " is not on the class path: add the dependency " + dependency);
        }
        return stream;
    }

    private void check(long foundSize, String foundSha256) {
        if (foundSize != size || !foundSha256.equals(sha256)) {
            throw new SampleDataException(path + " on the class path has " + foundSize + " bytes and sha256 "
                    + foundSha256 + ", expected " + size + " and " + sha256 + ": use the dependency " + dependency);
        }
    }

    private static String digestOf(DigestInputStream stream) {
        return HexFormat.of().formatHex(stream.getMessageDigest().digest());
    }

    private static MessageDigest sha256Digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
