package dev.lora4j.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.InvalidFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxGraphTest {
    @TempDir
    private Path folder;

    private OnnxGraph open(OnnxBytes graph) throws IOException {
        return openModel(OnnxBytes.message().number(1, 6).text(2, "pytorch").message(7, graph));
    }

    private OnnxGraph openModel(OnnxBytes model) throws IOException {
        return OnnxGraph.open(Files.write(folder.resolve("m.onnx"), model.toByteArray()));
    }

    private void refuses(OnnxBytes graph, String problem) {
        assertThatThrownBy(() -> open(graph))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageStartingWith(folder.resolve("m.onnx") + ": ")
                .hasMessageContaining(problem);
    }

    @Test
    void readsNodesAndInitializers() throws IOException {
        OnnxGraph graph = open(OnnxBytes.message()
                .message(1, OnnxBytes.node("/a/MatMul", "MatMul", "x", "w"))
                .text(2, "main_graph")
                .message(5, OnnxBytes.tensor("w", new long[] {2, 1}, 1.5f, -2)));
        assertThat(graph.nodes()).hasSize(1);
        assertThat(graph.nodes().get(0).name()).isEqualTo("/a/MatMul");
        assertThat(graph.nodes().get(0).operation()).isEqualTo("MatMul");
        assertThat(graph.nodes().get(0).inputs()).containsExactly("x", "w");
        OnnxInitializer tensor = graph.initializer("w").orElseThrow();
        assertThat(tensor.type()).isEqualTo(ElementType.F32);
        assertThat(tensor.shape()).containsExactly(2L, 1L);
        byte[] file = Files.readAllBytes(graph.path());
        assertThat(Arrays.copyOfRange(file, tensor.offset(), tensor.offset() + tensor.bytes()))
                .isEqualTo(OnnxBytes.floats(1.5f, -2));
        assertThat(graph.initializer("v")).isEmpty();
    }

    @Test
    void readsPackedShapesAndPackedFloats() throws IOException {
        OnnxBytes tensor = OnnxBytes.message()
                .bytes(1, OnnxBytes.message().varint(1).varint(300).toByteArray())
                .number(2, 1)
                .text(8, "w")
                .bytes(4, new byte[1200]);
        OnnxInitializer read =
                open(OnnxBytes.message().message(5, tensor)).initializer("w").orElseThrow();
        assertThat(read.shape()).containsExactly(1L, 300L);
        assertThat(read.bytes()).isEqualTo(1200);
    }

    @Test
    void refusesTensorsWhoseBytesDoNotMatch() {
        refuses(
                OnnxBytes.message().message(5, OnnxBytes.tensor("w", new long[] {3}, 1, 2)),
                "\"w\" is F32 [3] of 12 bytes, but has 8");
        refuses(
                OnnxBytes.message().message(5, OnnxBytes.tensor("w", new long[] {-1}, 1, 2)),
                "\"w\" has the shape [-1]");
        refuses(
                OnnxBytes.message().message(5, OnnxBytes.tensor("w", new long[] {1L << 32, 1L << 32}, 1, 2)),
                "\"w\" has the shape");
        refuses(
                OnnxBytes.message()
                        .message(5, OnnxBytes.tensor("w", new long[] {0}).number(14, 1)),
                "keeps the values of \"w\" in another file");
    }

    @Test
    void refusesDamagedFraming() throws IOException {
        refuses(OnnxBytes.message().raw(0x0b), "wire type 3");
        refuses(OnnxBytes.message().raw(0x0a, 0x05, 'x'), "field 1 of 5 bytes goes beyond its message");
        refuses(
                OnnxBytes.message().raw(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
                "field 1 of 18446744073709551615 bytes goes beyond its message");
        refuses(OnnxBytes.message().raw(0x08, 0x80), "a number goes beyond its message");
        refuses(
                OnnxBytes.message().raw(0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80),
                "more than ten bytes");
        refuses(OnnxBytes.message().raw(0x02, 0x00), "a field has the number 0");
        assertThatThrownBy(() -> openModel(OnnxBytes.message().number(1, 6)))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("it has no graph");
    }

    @Test
    void throwsNothingButItsOwnExceptionForAnyDamage() throws IOException {
        byte[] valid = OnnxBytes.message()
                .message(
                        7,
                        OnnxBytes.message()
                                .message(1, OnnxBytes.node("/a/MatMul", "MatMul", "x", "w"))
                                .message(5, OnnxBytes.tensor("w", new long[] {2, 1}, 1.5f, -2)))
                .toByteArray();
        long seed = System.nanoTime();
        System.err.println("seed " + seed);
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 1000; round++) {
            byte[] damaged = valid.clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            try {
                OnnxGraph.open(Files.write(folder.resolve("m.onnx"), damaged));
            } catch (InvalidFileException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(200, 999);
    }
}
