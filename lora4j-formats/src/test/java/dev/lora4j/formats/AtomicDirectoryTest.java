package dev.lora4j.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicDirectoryTest {
    @TempDir
    private Path parent;

    private static void addFiles(AtomicDirectory folder) {
        folder.file("weights", FileContent.bytes(ByteBuffer.allocate(50)))
                .text("state/rng.json", "{}")
                .text("manifest.json", "[]");
    }

    @Test
    void hasAllFilesAtOnce() throws IOException {
        Path folder = parent.resolve("step-1");
        AtomicDirectory.write(folder, AtomicDirectoryTest::addFiles);
        assertThat(AtomicFileTest.entries(parent)).containsExactly("step-1");
        assertThat(AtomicFileTest.entries(folder)).containsExactly("manifest.json", "state", "weights");
        assertThat(Files.readAllBytes(folder.resolve("weights"))).isEqualTo(new byte[50]);
        assertThat(folder.resolve("state/rng.json")).hasContent("{}");
        assertThat(folder.resolve("manifest.json")).hasContent("[]");
    }

    @Test
    void forcesFilesThenFoldersThenMovesThenForcesTheFolderAbove() {
        FaultyDisk disk = FaultyDisk.recording();
        AtomicDirectory.write(disk, parent.resolve("step-1"), AtomicDirectoryTest::addFiles);
        assertThat(disk.operations())
                .containsExactly(
                        "create weights",
                        "write weights",
                        "force weights",
                        "create rng.json",
                        "write rng.json",
                        "force rng.json",
                        "create manifest.json",
                        "write manifest.json",
                        "force manifest.json",
                        "force folder state",
                        "force folder step-1.tmp",
                        "move to step-1",
                        "force folder " + parent.getFileName());
    }

    @Test
    void isWholeOrAbsentAfterACrashAtAnyPoint() throws IOException {
        for (int operation = 0; operation < 13; operation++) {
            Path folder = parent.resolve("step-" + operation);
            FaultyDisk disk = FaultyDisk.crashingAt(operation);
            assertThatThrownBy(() -> AtomicDirectory.write(disk, folder, AtomicDirectoryTest::addFiles))
                    .isInstanceOf(FileAccessException.class);
            disk.losePower(parent);
            if (operation < 12) {
                assertThat(folder).doesNotExist();
            } else {
                assertThat(folder.resolve("weights")).hasSize(50);
                assertThat(folder.resolve("state/rng.json")).hasContent("{}");
                assertThat(folder.resolve("manifest.json")).hasContent("[]");
            }
        }
    }

    @Test
    void leavesNothingWhenTheDiskIsFullAtAnyPoint() throws IOException {
        Path folder = parent.resolve("x");
        for (int free = 0; free < 54; free++) {
            FaultyDisk disk = FaultyDisk.withFree(free);
            assertThatThrownBy(() -> AtomicDirectory.write(disk, folder, AtomicDirectoryTest::addFiles))
                    .isInstanceOf(DiskFullException.class)
                    .hasMessageStartingWith(folder.toString());
            assertThat(AtomicFileTest.entries(parent)).isEmpty();
        }
        AtomicDirectory.write(FaultyDisk.withFree(54), folder, AtomicDirectoryTest::addFiles);
        assertThat(AtomicFileTest.entries(folder)).hasSize(3);
    }

    @Test
    void neverReplacesAFolderThatHasSomethingInIt() throws IOException {
        Path folder = Files.createDirectory(parent.resolve("x"));
        Files.writeString(folder.resolve("mine"), "precious");
        assertThatThrownBy(() -> AtomicDirectory.write(folder, AtomicDirectoryTest::addFiles))
                .isInstanceOf(FileAccessException.class)
                .hasMessage(folder + ": already exists; remove it or choose another name");
        assertThat(AtomicFileTest.entries(folder)).containsExactly("mine");
        assertThat(AtomicFileTest.entries(parent)).containsExactly("x");
    }

    @Test
    void fillsAnEmptyFolder() throws IOException {
        Path folder = Files.createDirectory(parent.resolve("x"));
        AtomicDirectory.write(folder, AtomicDirectoryTest::addFiles);
        assertThat(AtomicFileTest.entries(folder)).hasSize(3);
    }

    @Test
    void refusesNamesThatLeaveTheFolder() throws IOException {
        Path folder = parent.resolve("x");
        assertThatThrownBy(() -> AtomicDirectory.write(folder, files -> files.text("../y", "")))
                .isInstanceOf(InvalidFileException.class)
                .hasMessage(folder + ": names the file \"../y\", which must be a plain name in its folder");
        assertThat(AtomicFileTest.entries(parent)).isEmpty();
    }
}
