package dev.lora4j.formats.onnx;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * all-MiniLM-L6-v2 (BERT) out of its ONNX export, under the names that transformers gives to {@code BertModel}.
 *
 * <p>The export kept the names of embeddings, norms and biases. The matrices became anonymous, {@code [in, out]}, and
 * the node that reads one tells its name: {@code /encoder/layer.0/attention/self/query/MatMul}. There is no pooler.
 *
 * <p>Immutable.
 */
public final class MiniLmOnnx implements ModelFiles {
    private static final String ANONYMOUS = "onnx::";

    private final OnnxGraph graph;
    private final String tokenizerJson;
    private final Map<String, StoredTensor> tensors;
    private final ObjectNode config;

    private MiniLmOnnx(OnnxGraph graph, String tokenizerJson) {
        this.graph = graph;
        this.tokenizerJson = tokenizerJson;
        this.tensors = Collections.unmodifiableMap(tensors(graph));
        this.config = BertShape.config(graph.path(), tensors);
    }

    /**
     * Reads the structure of the file and maps its values.
     *
     * @param tokenizerJson the content of the {@code tokenizer.json} that belongs to it
     */
    public static MiniLmOnnx open(Path onnxFile, String tokenizerJson) {
        return new MiniLmOnnx(OnnxGraph.open(onnxFile), tokenizerJson);
    }

    private static Map<String, StoredTensor> tensors(OnnxGraph graph) {
        Map<String, String> nameOfMatrix = nameOfMatrix(graph);
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (OnnxInitializer tensor : graph.initializers()) {
            if (tensor.type() != ElementType.F32) {
                continue; // position_ids, which are 0, 1, 2, …
            }
            String matrix = nameOfMatrix.get(tensor.name());
            if (matrix != null && tensor.shape().size() == 2) {
                tensors.put(matrix, OnnxValues.transposed(graph, tensor, matrix));
            } else if (tensor.name().startsWith(ANONYMOUS)) {
                throw new InvalidFileException(
                        graph.path(), "has the values \"" + tensor.name() + "\", which no MatMul with a name reads");
            } else {
                tensors.put(tensor.name(), OnnxValues.asTheyAre(graph, tensor));
            }
        }
        return tensors;
    }

    private static Map<String, String> nameOfMatrix(OnnxGraph graph) {
        String suffix = "/MatMul";
        Map<String, String> names = new HashMap<>();
        for (OnnxNode node : graph.nodes()) {
            boolean named = node.name().startsWith("/") && node.name().endsWith(suffix);
            if (node.operation().equals("MatMul") && named && node.inputs().size() == 2) {
                String path = node.name().substring(1, node.name().length() - suffix.length());
                if (node.inputs().get(1).startsWith(ANONYMOUS)) {
                    names.put(node.inputs().get(1), path.replace('/', '.') + ".weight");
                }
            }
        }
        return names;
    }

    @Override
    public String description() {
        return graph.path().toString();
    }

    @Override
    public ObjectNode config() {
        return config.deepCopy();
    }

    @Override
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    @Override
    public Optional<String> tokenizerJson() {
        return Optional.of(tokenizerJson);
    }

    @Override
    public Optional<ObjectNode> tokenizerConfig() {
        return Optional.of(BertShape.tokenizerConfig());
    }

    @Override
    public Optional<ObjectNode> generationConfig() {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
