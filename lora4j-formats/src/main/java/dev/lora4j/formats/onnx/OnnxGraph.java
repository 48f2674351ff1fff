package dev.lora4j.formats.onnx;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.InvalidFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The initializers and nodes of an ONNX file.
 *
 * <p>Reads {@code ModelProto.graph}, {@code GraphProto.node} and {@code GraphProto.initializer} (onnx.proto) and skips
 * the rest. The file stays mapped as long as the graph is in use. Immutable.
 */
public final class OnnxGraph {
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int NODE_INPUT = 1;
    private static final int NODE_NAME = 3;
    private static final int NODE_OPERATION = 4;

    private final Path path;
    private final ByteBuffer bytes;
    private final List<OnnxNode> nodes;
    private final List<OnnxInitializer> initializers;

    private OnnxGraph(Path path, ByteBuffer bytes, List<OnnxNode> nodes, List<OnnxInitializer> initializers) {
        this.path = path;
        this.bytes = bytes;
        this.nodes = List.copyOf(nodes);
        this.initializers = List.copyOf(initializers);
    }

    /**
     * Maps a file and reads its structure, but no values.
     *
     * @throws InvalidFileException if it is not ONNX, or keeps its values in other files
     */
    public static OnnxGraph open(Path path) {
        try (FileChannel channel = FileChannel.open(path)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new InvalidFileException(
                        path, "has " + channel.size() + " bytes, ONNX files have less than 2^31");
            }
            return parse(path, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
        } catch (IOException e) {
            throw FileAccessException.reading(path, e);
        }
    }

    private static OnnxGraph parse(Path path, ByteBuffer bytes) {
        List<OnnxNode> nodes = new ArrayList<>();
        List<OnnxInitializer> initializers = new ArrayList<>();
        boolean found = false;
        WireReader model = WireReader.of(path, bytes);
        while (model.next()) {
            if (model.field() == MODEL_GRAPH) {
                found = true;
                WireReader graph = model.message();
                while (graph.next()) {
                    if (graph.field() == GRAPH_NODE) {
                        nodes.add(node(graph.message()));
                    } else if (graph.field() == GRAPH_INITIALIZER) {
                        TensorMessage.read(path, graph.message()).ifPresent(initializers::add);
                    }
                }
            }
        }
        if (!found) {
            throw model.invalid("it has no graph");
        }
        return new OnnxGraph(path, bytes, nodes, initializers);
    }

    private static OnnxNode node(WireReader message) {
        String name = "";
        String operation = "";
        List<String> inputs = new ArrayList<>();
        while (message.next()) {
            switch (message.field()) {
                case NODE_INPUT -> inputs.add(message.text());
                case NODE_NAME -> name = message.text();
                case NODE_OPERATION -> operation = message.text();
                default -> {} // outputs and attributes say nothing about the weights
            }
        }
        return new OnnxNode(name, operation, inputs);
    }

    /** The file. */
    public Path path() {
        return path;
    }

    /** The operations in the order of the file. */
    public List<OnnxNode> nodes() {
        return nodes;
    }

    /** The constants with values of a type that lora4j knows. */
    public List<OnnxInitializer> initializers() {
        return initializers;
    }

    /** The constant of that name. */
    public Optional<OnnxInitializer> initializer(String name) {
        return initializers.stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst();
    }

    /** The file's bytes; only absolute reads, so that threads can share it. */
    ByteBuffer bytes() {
        return bytes;
    }
}
