package dev.lora4j.formats.safetensors;

import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Path;

/** The process that {@link HeaderMemoryTest} starts. */
final class OpenInSmallHeap {
    private OpenInSmallHeap() {}

    public static void main(String[] arguments) {
        try {
            SafetensorsFile file = SafetensorsFile.open(Path.of(arguments[0]));
            System.out.println("opened " + file.tensors().size());
        } catch (InvalidFileException e) {
            System.out.println(e.getMessage());
        }
    }
}
