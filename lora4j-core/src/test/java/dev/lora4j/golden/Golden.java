package dev.lora4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.MappedFile;
import dev.lora4j.tensor.Tensor;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One case of the values that transformers and PEFT computed; parity/README.md says what is in it. */
final class Golden implements AutoCloseable {
    final Path folder;
    final ObjectNode json;
    private final Map<String, StoredTensor.Mapped> tensors;
    private final MappedFile mapped;

    private Golden(Path folder, String tensorFile) {
        this.folder = folder;
        this.json = JsonFile.read(folder.resolve("golden.json"));
        Path file = folder.resolve(tensorFile);
        this.tensors = SafetensorsFile.open(file).tensors();
        this.mapped = MappedFile.open(file);
    }

    /** Every decoder case. */
    static List<String> causalCases() {
        return List.of(
                "llama",
                "llama-tied",
                "llama-linear-rope",
                "mistral",
                "mixtral",
                "qwen2",
                "qwen3",
                "gemma",
                "gemma2",
                "gemma3",
                "gemma3-softcap",
                "gpt2",
                "gpt2-old");
    }

    /** Every case of bare encoders. */
    static List<String> encoderCases() {
        return List.of("bert", "roberta", "distilbert", "deberta");
    }

    /** Every case of a head for sequences. */
    static List<String> sequenceCases() {
        return List.of(
                "bert-classify",
                "bert-regress",
                "roberta-classify",
                "distilbert-classify",
                "deberta-v2-classify",
                "deberta-v2-convolution",
                "deberta-v3-classify",
                "llama-classify",
                "gpt2-classify");
    }

    /** Token ids and, where the family has them, types of a case's examples. */
    TokenBatch examples() {
        List<int[]> ids = new ArrayList<>();
        List<int[]> types = new ArrayList<>();
        for (JsonNode example : json.path("examples")) {
            ids.add(integers(example.path("input_ids")));
            types.add(types(example));
        }
        return TokenBatch.of(ids, types);
    }

    /** All 0 where transformers gives the model none. */
    static int[] types(JsonNode example) {
        int[] types = integers(example.path("token_type_ids"));
        return types.length > 0 ? types : new int[example.path("input_ids").size()];
    }

    static Golden of(String name) {
        return new Golden(folder(name), "golden.safetensors");
    }

    static Golden variants(String name) {
        return new Golden(folder(name), "variants.safetensors");
    }

    /** Of full fine-tuning. */
    static Golden full(String name) {
        return new Golden(folder(name), "full.safetensors");
    }

    static Path folder(String name) {
        URL url = Objects.requireNonNull(Golden.class.getResource("/golden/" + name), name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    LanguageModel model() {
        return LanguageModel.load(HuggingFaceFolder.open(folder));
    }

    LanguageModel model(ModelTask task) {
        return LanguageModel.load(HuggingFaceFolder.open(folder), task, Device.CPU);
    }

    boolean has(String name) {
        return tensors.containsKey(name);
    }

    /** An expected tensor, of the open scope. */
    Tensor tensor(String name) {
        StoredTensor.Mapped stored = Objects.requireNonNull(tensors.get(name), name);
        long[] shape = stored.shape().stream().mapToLong(Long::longValue).toArray();
        return mapped.tensor(stored.offset(), DType.F32, shape);
    }

    int[] ids(int sequence) {
        return integers(json.path("sequences").path(sequence).path("input_ids"));
    }

    static int[] integers(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asInt();
        }
        return values;
    }

    /** Within an absolute tolerance, scaled up for values above 1. */
    static void assertClose(Tensor found, Tensor expected, double tolerance, String what) {
        assertThat(found.shape()).as(what).containsExactly(expected.shape());
        double[] ours = found.toDoubles();
        double[] theirs = expected.toDoubles();
        for (int i = 0; i < ours.length; i++) {
            assertThat(ours[i])
                    .as("%s, element %d", what, i)
                    .isCloseTo(theirs[i], within(tolerance * Math.max(1, Math.abs(theirs[i]))));
        }
    }

    @Override
    public void close() {
        mapped.close();
    }
}
