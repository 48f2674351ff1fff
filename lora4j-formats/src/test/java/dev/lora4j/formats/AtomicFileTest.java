package dev.lora4j.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    private static final String OLD = "the old content";
    private static final String NEW = "new";

    @TempDir
    private Path folder;

    @Test
    void writesTheTextAndLeavesNothingElse() throws IOException {
        Path file = folder.resolve("deep/er/a.json");
        AtomicFile.writeString(file, "Größe");
        AtomicFile.writeString(file, "naïve");
        assertThat(Files.readString(file, UTF_8)).isEqualTo("naïve");
        assertThat(entries(file.resolveSibling(""))).containsExactly("a.json");
    }

    @Test
    void forcesTheBytesBeforeTheNameAndTheNameBeforeItReturns() {
        FaultyDisk disk = FaultyDisk.recording();
        AtomicFile.write(disk, folder.resolve("a"), FileContent.text(NEW));
        assertThat(disk.operations())
                .containsExactly(
                        "create a.tmp",
                        "write a.tmp",
                        "force a.tmp",
                        "move to a",
                        "force folder " + folder.getFileName());
    }

    @Test
    void isOldOrNewAfterACrashAtAnyPoint() throws IOException {
        Path file = folder.resolve("a");
        for (int operation = 0; ; operation++) {
            Files.writeString(file, OLD);
            FaultyDisk disk = FaultyDisk.crashingAt(operation);
            try {
                AtomicFile.write(disk, file, FileContent.text(NEW));
            } catch (FileAccessException e) {
                assertThat(disk.crashed()).isTrue();
            }
            disk.losePower(folder);
            assertThat(Files.readString(file)).as("operation %d", operation).isIn(OLD, NEW);
            if (!disk.crashed()) {
                assertThat(operation).isEqualTo(5);
                assertThat(Files.readString(file)).isEqualTo(NEW);
                return;
            }
        }
    }

    @Test
    void keepsTheOldFileUntilTheNewOneFitsOnTheDisk() throws IOException {
        Path file = folder.resolve("a");
        Files.writeString(file, OLD);
        FileContent content = FileContent.bytes(ByteBuffer.allocate(100));
        for (int free = 0; free < 100; free++) {
            FaultyDisk disk = FaultyDisk.withFree(free);
            assertThatThrownBy(() -> AtomicFile.write(disk, file, content))
                    .isInstanceOf(DiskFullException.class)
                    .hasMessage(
                            "%s: the disk is full: needs 100 bytes, %d are free; nothing was changed; free some"
                                    + " space or save elsewhere",
                            file, free);
            assertThat(Files.readString(file)).isEqualTo(OLD);
            assertThat(entries(folder)).containsExactly("a");
        }
        AtomicFile.write(FaultyDisk.withFree(100), file, content);
        assertThat(Files.size(file)).isEqualTo(100);
    }

    @Test
    void keepsTheOldFileWhenTheContentCannotBeProduced() throws IOException {
        Path file = folder.resolve("a");
        Files.writeString(file, OLD);
        FileContent failing = channel -> {
            channel.write(ByteBuffer.wrap(new byte[10]));
            throw new IllegalStateException("no more");
        };
        assertThatThrownBy(() -> AtomicFile.write(file, failing)).hasMessage("no more");
        assertThatThrownBy(() -> AtomicFile.write(file, FileContent.sized(11, channel -> {})))
                .isInstanceOf(Lora4jException.class)
                .hasMessage(file + ": 11 bytes were announced, 0 were produced");
        assertThat(Files.readString(file)).isEqualTo(OLD);
        assertThat(entries(folder)).containsExactly("a");
    }

    @Test
    void copiesAResourceOnlyOnce() {
        Path file = folder.resolve("cache/model.onnx");
        AtomicFile.copyIfAbsent(new ByteArrayInputStream(NEW.getBytes(UTF_8)), file);
        AtomicFile.copyIfAbsent(new ByteArrayInputStream(OLD.getBytes(UTF_8)), file);
        assertThat(file).hasContent(NEW);
    }

    @Test
    void tellsWhatAKilledProcessLeft() {
        assertThat(AtomicFile.isTemporary(AtomicFile.temporary(folder.resolve("step-1"))))
                .isTrue();
        assertThat(AtomicFile.isTemporary(Path.of("step-1.tmp-27380dac-5986-4b95-88f4-b84acc25e30e")))
                .isTrue();
        assertThat(AtomicFile.isTemporary(Path.of("step-1"))).isFalse();
        assertThat(AtomicFile.isTemporary(Path.of("step-1.tmp-mine"))).isFalse();
    }

    @Test
    void namesTheFileThatCannotBeWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "").resolve("b");
        assertThatThrownBy(() -> AtomicFile.writeString(file, NEW))
                .isInstanceOf(FileAccessException.class)
                .hasMessageStartingWith(file + ": cannot be written");
    }

    static List<String> entries(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
