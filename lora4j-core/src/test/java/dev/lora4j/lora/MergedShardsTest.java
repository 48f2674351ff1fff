package dev.lora4j.lora;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergedShardsTest {
    private static final String INDEX = "model.safetensors.index.json";

    @TempDir
    Path folder;

    @Test
    void aMergedModelIsDividedAsItsBaseIs() {
        Path adapter = SmallModel.folder("llama").resolve("adapter");
        Path sharded = folder.resolve("sharded");
        try (ModelFiles base = HuggingFaceFolder.open(SmallModel.folder("llama"))) {
            MergedFolder.write(base, adapter, Optional.empty(), sharded, 20_000);
        }
        Path merged = folder.resolve("merged");
        try (ModelFiles base = HuggingFaceFolder.open(sharded)) {
            MergedFolder.write(base, adapter, Optional.empty(), merged);
        }
        JsonNode shards = JsonFile.read(sharded.resolve(INDEX)).path("weight_map");
        assertThat(shards.path("lm_head.weight")).isNotEqualTo(shards.path("model.embed_tokens.weight"));
        assertThat(JsonFile.read(merged.resolve(INDEX)).path("weight_map")).isEqualTo(shards);
    }
}
