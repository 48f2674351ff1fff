package dev.lora4j.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The resource holds {@code nine bytes}; its digest is that of the sha256sum command. */
class PinnedResourceTest {
    private static final String PATH = "dev/lora4j/samples/pinned.txt";
    private static final String SHA256 = "388ef5287b75abc8086309a1fe7cb41695263a3bb48310515550b444835090f6";
    private static final PinnedResource RESOURCE = new PinnedResource(PATH, 10, SHA256, "a:b:1");

    @TempDir
    private Path folder;

    @Test
    void copiesTheResourceAndLeavesNothingElse() {
        Path file = folder.resolve("cache/copy.txt");
        RESOURCE.copyTo(file);
        assertThat(file).hasContent("nine bytes");
        assertThat(folder.resolve("cache").toFile().list()).containsExactly("copy.txt");
    }

    @Test
    void leavesAGoodCopyAlone() throws IOException {
        Path file = Files.writeString(folder.resolve("copy.txt"), "nine bytes");
        FileTime longAgo = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(file, longAgo);
        RESOURCE.copyTo(file);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(longAgo);
    }

    @Test
    void replacesADamagedCopyOfTheSameSize() throws IOException {
        Path file = Files.writeString(folder.resolve("copy.txt"), "nine bytez");
        RESOURCE.copyTo(file);
        assertThat(file).hasContent("nine bytes");
    }

    @Test
    void replacesACopyThatBrokeOff() throws IOException {
        Path file = Files.writeString(folder.resolve("copy.txt"), "nine");
        RESOURCE.copyTo(file);
        assertThat(file).hasContent("nine bytes");
    }

    @Test
    void refusesAResourceOfAnotherContent() throws IOException {
        PinnedResource other = new PinnedResource(PATH, 10, SHA256.replace('0', '1'), "a:b:1");
        assertThatThrownBy(() -> other.copyTo(folder.resolve("copy.txt")))
                .isInstanceOf(SampleDataException.class)
                .hasMessage(PATH + " on the class path has 10 bytes and sha256 " + SHA256 + ", expected 10 and "
                        + SHA256.replace('0', '1') + ": use the dependency a:b:1");
        assertThat(folder).isEmptyDirectory();
        assertThatThrownBy(other::bytes).isInstanceOf(SampleDataException.class);
    }

    @Test
    void namesTheDependencyThatIsMissing() {
        PinnedResource absent = new PinnedResource("no/such.onnx", 10, SHA256, "a:b:1");
        assertThatThrownBy(absent::bytes)
                .isInstanceOf(SampleDataException.class)
                .hasMessage("no/such.onnx is not on the class path: add the dependency a:b:1");
    }

    @Test
    void saysWhereItCannotBeCopiedTo() throws IOException {
        Path file = Files.createFile(folder.resolve("taken"));
        assertThatThrownBy(() -> RESOURCE.copyTo(file.resolve("copy.txt")))
                .isInstanceOf(SampleDataException.class)
                .hasMessageStartingWith(file.resolve("copy.txt") + ": " + PATH + " cannot be copied there: ");
    }
}
