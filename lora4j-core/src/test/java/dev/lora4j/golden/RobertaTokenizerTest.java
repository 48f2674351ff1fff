package dev.lora4j.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.Example;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.LabelSet;
import dev.lora4j.data.LongRows;
import dev.lora4j.data.Row;
import dev.lora4j.data.RowOrigin;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Texts and pairs become what transformers' RobertaTokenizer makes of them: {@code <s> a </s></s> b </s>}. */
class RobertaTokenizerTest {
    private static final RowOrigin ORIGIN = new RowOrigin("expected.json", 1);

    @Test
    void textsAndPairsHaveTransformersIdsAndOneType() throws IOException {
        Path folder = Golden.folder("roberta-tokenizer");
        ObjectNode expected = JsonFile.read(folder.resolve("expected.json"));
        EncodingSettings whole = EncodingSettings.of(64);
        EncodingSettings cut =
                EncodingSettings.of(expected.path("longest").asInt()).withLongRows(LongRows.TRUNCATE);
        try (Tokenizer tokenizer = Tokenizer.of(
                Files.readString(folder.resolve("tokenizer.json")),
                Optional.of(JsonFile.read(folder.resolve("tokenizer_config.json"))))) {
            assertThat(expected.path("cases")).hasSize(7);
            for (JsonNode each : expected.path("cases")) {
                String text = each.path("text").asText();
                Example example = encode(tokenizer, each, whole);
                assertThat(example.tokens()).as(text).containsExactly(Golden.integers(each.path("input_ids")));
                assertThat(IntStream.range(0, example.length()).map(example::type))
                        .as(text)
                        .containsOnly(0);
                assertThat(encode(tokenizer, each, cut).tokens())
                        .as(text)
                        .containsExactly(Golden.integers(each.path("truncated")));
            }
        }
    }

    private static Example encode(Tokenizer tokenizer, JsonNode each, EncodingSettings settings) {
        Optional<String> pair =
                each.hasNonNull("pair") ? Optional.of(each.path("pair").asText()) : Optional.empty();
        return ExampleEncoder.classification(tokenizer, new LabelSet(List.of("no", "yes")), settings)
                .encode(new Row.Labelled(each.path("text").asText(), pair, "yes"), ORIGIN);
    }
}
