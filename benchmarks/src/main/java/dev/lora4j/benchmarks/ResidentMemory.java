package dev.lora4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Resident memory of this process as Linux counts it, mapped weights included. */
final class ResidentMemory {
    private ResidentMemory() {}

    /** Most bytes so far. */
    static long peak() throws IOException {
        return field("VmHWM:");
    }

    /** Bytes now. */
    static long now() throws IOException {
        return field("VmRSS:");
    }

    private static long field(String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("/proc/self/status has no " + name);
    }
}
