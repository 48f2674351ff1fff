package dev.lora4j.data;

import static dev.lora4j.data.SmallTokenizers.END_OF_TEXT;
import static dev.lora4j.data.SmallTokenizers.IM_END;
import static dev.lora4j.data.SmallTokenizers.IM_START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class StopTokensTest {
    /** A model without weights. */
    private record Files(
            ObjectNode config,
            Optional<String> tokenizerJson,
            Optional<ObjectNode> tokenizerConfig,
            Optional<ObjectNode> generationConfig)
            implements ModelFiles {
        @Override
        public String description() {
            return "small-model";
        }

        @Override
        public Map<String, StoredTensor> tensors() {
            return Map.of();
        }

        @Override
        public void close() {}
    }

    @Test
    void stopsAtTheEndThatTheTokenizerNames() {
        String config =
                "{\"eos_token\": {\"content\": \"<|endoftext|>\"}, \"bos_token\": null, \"add_bos_token\": false}";
        try (Tokenizer tokenizer = open("{}", config, "{}")) {
            assertThat(tokenizer.templateVariables()).isEqualTo(Map.of("eos_token", "<|endoftext|>"));
            assertThat(tokenizer.eos()).hasValue(END_OF_TEXT);
            assertThat(tokenizer.stopIds()).containsExactly(END_OF_TEXT);
            assertThat(tokenizer.source()).isEqualTo("small-model");
        }
    }

    @Test
    void stopsAtAllThatGenerationNames() {
        try (Tokenizer tokenizer = open(
                "{\"eos_token_id\": 5}", "{\"eos_token\": \"<|endoftext|>\"}", "{\"eos_token_id\": [261, 260, 999]}")) {
            assertThat(tokenizer.stopIds()).containsExactly(END_OF_TEXT, IM_START, IM_END);
        }
    }

    @Test
    void stopsAtTheEndOfATurnThatTheTemplateWrites() {
        String config = "{\"eos_token\": \"<|endoftext|>\", \"chat_template\": \"{{ messages[0] }}<|im_end|>\"}";
        try (Tokenizer tokenizer = open("{}", config, "{}")) {
            assertThat(tokenizer.stopIds()).containsExactly(END_OF_TEXT, IM_END);
            assertThat(tokenizer.chatTemplate()).isPresent();
        }
    }

    @Test
    void findsTheEndInTheModelsConfigWhereNobodyElseNamesIt() {
        try (Tokenizer tokenizer = open("{\"eos_token_id\": 261, \"bos_token_id\": 260}", "{}", "{}")) {
            assertThat(tokenizer.eos()).hasValue(IM_END);
            assertThat(tokenizer.bos()).hasValue(IM_START);
            assertThat(tokenizer.stopIds()).containsExactly(IM_END);
        }
    }

    @Test
    void tellsHowToGetATokenizerWhereThereIsNone() {
        Files files = new Files(json("{}"), Optional.empty(), Optional.empty(), Optional.empty());
        assertThatThrownBy(() -> Tokenizer.of(files))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageStartingWith("small-model: has no tokenizer.json, expected one beside the weights");
    }

    private static Tokenizer open(String config, String tokenizerConfig, String generationConfig) {
        return Tokenizer.of(new Files(
                json(config),
                Optional.of(SmallTokenizers.bytesJson()),
                Optional.of(json(tokenizerConfig)),
                Optional.of(json(generationConfig))));
    }

    private static ObjectNode json(String text) {
        return JsonFile.parse(text, "test");
    }
}
