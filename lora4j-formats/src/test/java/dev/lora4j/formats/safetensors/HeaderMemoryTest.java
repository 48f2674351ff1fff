package dev.lora4j.formats.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens big hostile headers in a process of its own, whose heap is less than three times the header. */
class HeaderMemoryTest {
    private static final int ENTRIES = 1_000_000;

    @TempDir
    private Path folder;

    @Test
    void refusesAMillionTensorsOnOneRange() throws Exception {
        Path file = writeEntries("\"shape\":[1],\"data_offsets\":[0,1]", 1);
        assertThat(openInSmallHeap(file, Files.size(file))).contains("they overlap");
    }

    @Test
    void opensAMillionEmptyTensorsWithinThreeTimesTheHeader() throws Exception {
        Path file = writeEntries("\"shape\":[0],\"data_offsets\":[0,0]", 0);
        assertThat(openInSmallHeap(file, 3 * Files.size(file))).contains("opened " + ENTRIES);
    }

    private Path writeEntries(String rest, int dataBytes) throws IOException {
        Path file = folder.resolve("many.safetensors");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            int entry = ("\"0000000\":{\"dtype\":\"U8\"," + rest + "},").length();
            long header = (long) entry * ENTRIES + 1;
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(header)
                    .array());
            for (int i = 0; i < ENTRIES; i++) {
                char open = i == 0 ? '{' : ',';
                out.write((open + "\"" + (1_000_000 + i) + "\":{\"dtype\":\"U8\"," + rest + "}").getBytes(UTF_8));
            }
            out.write('}');
            out.write(new byte[dataBytes]);
        }
        return file;
    }

    private static String openInSmallHeap(Path file, long heap) throws Exception {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmn8m",
                        "-Xmx" + heap,
                        "-cp",
                        System.getProperty("java.class.path"),
                        OpenInSmallHeap.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
        return output;
    }
}
