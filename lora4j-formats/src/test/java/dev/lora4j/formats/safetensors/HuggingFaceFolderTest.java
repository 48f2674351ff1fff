package dev.lora4j.formats.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.AtomicFile;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.InvalidFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceFolderTest {
    @TempDir
    private Path root;

    private Path folder;

    @BeforeEach
    void makeAModelWithoutWeights() throws IOException {
        folder = Files.createDirectory(root.resolve("model"));
        write("config.json", "{\"model_type\":\"llama\"}");
    }

    private void write(String name, String text) {
        AtomicFile.writeString(folder.resolve(name), text);
    }

    private void weights(Path file, String... names) {
        SafetensorsWriter.write(
                file,
                List.of(names).stream()
                        .map(name -> TensorContent.floats(name, List.of(1L), new float[] {1}))
                        .toList());
    }

    private void index(String map) {
        write("model.safetensors.index.json", "{\"metadata\":{\"total_size\":8},\"weight_map\":{" + map + "}}");
    }

    private void refuses(Class<?> type, String message) {
        assertThatThrownBy(() -> HuggingFaceFolder.open(folder))
                .isInstanceOf(type)
                .hasMessageContaining(message);
    }

    @Test
    void readsAModelInOneFile() {
        weights(folder.resolve("model.safetensors"), "a", "b");
        write("tokenizer.json", "{\"version\":\"1.0\"}");
        write("generation_config.json", "{\"eos_token_id\":[1,2]}");
        try (HuggingFaceFolder model = HuggingFaceFolder.open(folder)) {
            assertThat(model.config().get("model_type").textValue()).isEqualTo("llama");
            assertThat(model.tensors().keySet()).containsExactly("a", "b");
            assertThat(model.tokenizerJson()).contains("{\"version\":\"1.0\"}");
            assertThat(model.tokenizerConfig()).isEmpty();
            assertThat(model.generationConfig().orElseThrow().get("eos_token_id"))
                    .hasSize(2);
            assertThat(model.description()).isEqualTo(folder.toString());
        }
    }

    @Test
    void readsShards() {
        weights(folder.resolve("model-1.safetensors"), "a", "c");
        weights(folder.resolve("model-2.safetensors"), "b");
        index("\"a\":\"model-1.safetensors\",\"b\":\"model-2.safetensors\",\"c\":\"model-1.safetensors\"");
        try (HuggingFaceFolder model = HuggingFaceFolder.open(folder)) {
            assertThat(model.tensors().keySet()).containsExactlyInAnyOrder("a", "b", "c");
            assertThat(model.tensors().get("b")).extracting("file").isEqualTo(folder.resolve("model-2.safetensors"));
        }
    }

    @Test
    void bringsTokenizerSettingsIntoOneForm() {
        weights(folder.resolve("model.safetensors"), "a");
        write(
                "tokenizer_config.json",
                "{\"bos_token\":{\"content\":\"<s>\",\"lstrip\":false},\"eos_token\":\"</s>\","
                        + "\"pad_token\":null,\"chat_template\":[{\"name\":\"tool_use\",\"template\":\"T\"},"
                        + "{\"name\":\"default\",\"template\":\"D\"}]}");
        write("special_tokens_map.json", "{\"eos_token\":\"<no>\",\"pad_token\":{\"content\":\"<pad>\"}}");
        ObjectNode settings = HuggingFaceFolder.open(folder).tokenizerConfig().orElseThrow();
        assertThat(settings.get("bos_token").textValue()).isEqualTo("<s>");
        assertThat(settings.get("eos_token").textValue()).isEqualTo("</s>");
        assertThat(settings.get("pad_token").textValue()).isEqualTo("<pad>");
        assertThat(settings.get("chat_template").textValue()).isEqualTo("D");

        write("chat_template.jinja", "{{ x }}");
        ObjectNode withFile = HuggingFaceFolder.open(folder).tokenizerConfig().orElseThrow();
        assertThat(withFile.get("chat_template").textValue()).isEqualTo("{{ x }}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../outside.safetensors",
                "/etc/passwd",
                "a/../../outside.safetensors",
                "x\\\\y",
                "a\\u0000b",
                "",
                ".",
                "C:x",
                "a//b",
                "link.safetensors",
                "pipe/"
            })
    void refusesShardsOutsideOfTheFolder(String name) throws IOException {
        weights(root.resolve("outside.safetensors"), "a");
        Files.createSymbolicLink(folder.resolve("link.safetensors"), root.resolve("outside.safetensors"));
        index("\"a\":\"" + name + "\"");
        refuses(InvalidFileException.class, "model.safetensors.index.json: names the file \"");
    }

    @Test
    void refusesAShardThatIsNotAFile() throws IOException {
        Files.createDirectory(folder.resolve("d"));
        index("\"a\":\"d\"");
        refuses(InvalidFileException.class, "names the file \"d\", which is not a file within");
        Files.createSymbolicLink(folder.resolve("n"), Path.of("/dev/null"));
        index("\"a\":\"n\"");
        refuses(InvalidFileException.class, "names the file \"n\", which is not a file within");
    }

    @Test
    void followsLinksIntoTheBlobsOfTheHubCache() throws IOException {
        Path repository = root.resolve("models--a--b");
        Path blobs = Files.createDirectories(repository.resolve("blobs"));
        folder = Files.createDirectories(repository.resolve("snapshots/0123"));
        write("config.json", "{}");
        weights(blobs.resolve("77"), "a");
        Files.createSymbolicLink(folder.resolve("model.safetensors"), Path.of("../../blobs/77"));
        assertThat(HuggingFaceFolder.open(folder).tensors().keySet()).containsExactly("a");
    }

    @Test
    void refusesTenThousandShardsBeforeItOpensOne() {
        StringBuilder map = new StringBuilder("\"a\":\"0\"");
        for (int i = 1; i < 10_000; i++) {
            map.append(",\"a" + i + "\":\"" + i + "\"");
        }
        index(map.toString());
        refuses(InvalidFileException.class, "names more than 1000 files");
    }

    @Test
    void refusesAnIndexThatDoesNotMatchItsShards() {
        weights(folder.resolve("m"), "a", "b");
        index("\"a\":\"m\"");
        refuses(InvalidFileException.class, "has the tensor \"b\", the index says it has not");
        index("\"a\":\"m\",\"b\":\"m\",\"c\":\"m\"");
        refuses(InvalidFileException.class, "places \"c\" in m, which does not have it");
        index("\"a\":\"m\",\"b\":\"missing\"");
        refuses(InvalidFileException.class, "names the file \"missing\", which is not in");
        index("\"a\":7");
        refuses(InvalidFileException.class, "places \"a\" in something that is no name");
        index("");
        refuses(InvalidFileException.class, "has no weight_map");
    }

    @Test
    void refusesPickledWeightsWithAHint() {
        write("pytorch_model.bin", "\u0080\u0002");
        refuses(FileAccessException.class, "save_pretrained, which writes model.safetensors");
    }

    @Test
    void saysInOneSentenceWhatIsMissing() throws IOException {
        refuses(FileAccessException.class, folder + ": has no model.safetensors and no model.safetensors.index.json");
        Files.delete(folder.resolve("config.json"));
        refuses(FileAccessException.class, folder + ": has no config.json, expected a model folder");
        write("adapter_config.json", "{}");
        refuses(FileAccessException.class, folder + ": is an adapter, not a model");
        folder = root.resolve("nowhere");
        refuses(FileAccessException.class, folder + ": there is no such folder");
        folder = Files.writeString(root.resolve("file"), "");
        refuses(FileAccessException.class, folder + ": is a file, expected a model folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{\"a\":1,\"a\":2}", "{}{}"})
    void refusesAConfigThatIsNotOneObject(String text) {
        weights(folder.resolve("model.safetensors"), "a");
        write("config.json", text);
        refuses(InvalidFileException.class, folder.resolve("config.json").toString());
    }
}
