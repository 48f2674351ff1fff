package dev.lora4j.formats.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.InvalidFileException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GgufFileTest {
    private static final int I8 = 24;
    private static final long THREE_GIB = 3L << 30;

    @TempDir
    private Path folder;

    @Test
    void givesMetadataAsTypedValues() throws IOException {
        GgufMetadata metadata = GgufFile.open(new GgufWriter()
                        .whole("whole", 4_000_000_000L)
                        .real("real", 0.5f)
                        .flag("flag", true)
                        .text("text", "süß 🙂")
                        .texts("texts", List.of("", "a"))
                        .wholes("wholes", List.of(-1, 7))
                        .reals("reals", List.of(-0.25f))
                        .write(folder))
                .metadata();

        assertThat(metadata.keys()).containsExactly("whole", "real", "flag", "text", "texts", "wholes", "reals");
        assertThat(metadata.whole("whole")).hasValue(4_000_000_000L);
        assertThat(metadata.real("real")).hasValue(0.5);
        assertThat(metadata.flag("flag")).contains(true);
        assertThat(metadata.text("text")).contains("süß 🙂");
        assertThat(metadata.texts("texts")).contains(List.of("", "a"));
        assertThat(metadata.wholes("wholes")).contains(List.of(-1L, 7L));
        assertThat(metadata.reals("reals")).contains(List.of(-0.25));
        assertThat(metadata.text("other")).isEmpty();
    }

    @Test
    void readsEveryIntegerType() throws IOException {
        LittleEndianBytes file = new LittleEndianBytes()
                .raw(new byte[] {'G', 'G', 'U', 'F'})
                .u32(2)
                .u64(0)
                .u64(7);
        file.string("u8").u32(0).u8(0xFF);
        file.string("i8").u32(1).u8(0xFF);
        file.string("u16").u32(2).u8(0xFE).u8(0xFF);
        file.string("i16").u32(3).u8(0xFE).u8(0xFF);
        file.string("i32").u32(5).u32(-5);
        file.string("u64").u32(10).u64(1L << 40);
        file.string("i64").u32(11).u64(-6);
        GgufFile gguf = GgufFile.open(Files.write(folder.resolve("v2.gguf"), file.toArray()));

        assertThat(gguf.version()).isEqualTo(2);
        assertThat(gguf.metadata().keys().stream()
                        .map(key -> gguf.metadata().whole(key).orElseThrow()))
                .containsExactly(255L, -1L, 65534L, -2L, -5L, 1L << 40, -6L);
    }

    @Test
    void namesAKeyOfAnotherTypeThanAskedFor() throws IOException {
        GgufMetadata metadata =
                GgufFile.open(new GgufWriter().text("k", "v").write(folder)).metadata();

        assertThatThrownBy(() -> metadata.whole("k"))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageEndingWith("model.gguf: metadata \"k\" is a string, expected an integer");
    }

    @Test
    void decodesTensorsInRowMajorOrder() throws IOException {
        GgufFile file = GgufFile.open(new GgufWriter()
                .floats("first", List.of(1), 9)
                .floats("second", List.of(2, 3), 1, 2, 3, 4, 5, 6)
                .write(folder));
        GgufTensor second = file.tensor("second");
        float[] into = new float[4];

        file.decoder(second).decode(2, into, 3);

        assertThat(second.shape()).containsExactly(2L, 3L);
        assertThat(second.elements()).isEqualTo(6);
        assertThat(into).containsExactly(3, 4, 5, 0);
    }

    @Test
    void readsATensorBehindTwoGibibytes() throws IOException {
        LittleEndianBytes header = new LittleEndianBytes()
                .raw(new byte[] {'G', 'G', 'U', 'F'})
                .u32(3)
                .u64(2)
                .u64(0);
        header.string("large").u32(1).u64(THREE_GIB).u32(I8).u64(0);
        header.string("behind").u32(1).u64(2).u32(GgufWriter.F32).u64(THREE_GIB);
        header.padTo(32);
        Path path = Files.write(folder.resolve("large.gguf"), header.toArray());
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.seek(header.size() + THREE_GIB);
            sparse.write(LittleEndianBytes.floats(1.5f, -2.5f));
        }
        GgufFile file = GgufFile.open(path);
        float[] into = new float[2];

        file.decoder(file.tensor("behind")).decode(0, into, 2);

        assertThat(into).containsExactly(1.5f, -2.5f);
    }
}
