package dev.lora4j.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonFileTest {
    @TempDir
    private Path folder;

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("config.json"), bytes);
    }

    @Test
    void readsWhatPythonWrites() {
        assertThat(JsonFile.parse("{\"a\":[1,2.5,null],\"b\":Infinity,\"c\":NaN}", "x")
                        .get("b")
                        .doubleValue())
                .isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void hasNothingForAFileThatIsNotThere() {
        assertThat(JsonFile.readIfExists(folder.resolve("no.json"))).isEmpty();
        assertThatThrownBy(() -> JsonFile.read(folder.resolve("no.json")))
                .isInstanceOf(FileAccessException.class)
                .hasMessage(folder.resolve("no.json") + ": cannot be read: it does not exist");
    }

    @Test
    void refusesDeepNestingWithoutOverflowingTheStack() {
        assertThatThrownBy(() -> JsonFile.parse("{\"a\":" + "[".repeat(100_000), "x"))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageStartingWith("x: is not valid JSON: ");
    }

    @Test
    void refusesBytesThatAreNotUtf8() throws IOException {
        Path file = write(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});
        assertThatThrownBy(() -> JsonFile.read(file))
                .isInstanceOf(InvalidFileException.class)
                .hasMessage(file + ": is not UTF-8 text");
    }

    @Test
    void refusesAFileBeyondTheLimitBeforeReadingIt() throws IOException {
        Path file = write(new byte[0]);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(JsonFile.MAX_BYTES + 1);
        }
        assertThatThrownBy(() -> JsonFile.read(file))
                .isInstanceOf(InvalidFileException.class)
                .hasMessage(file + ": has 268435457 bytes, the limit is 268435456");
    }
}
