package dev.lora4j.golden;

import static dev.lora4j.golden.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.MergedModel;
import dev.lora4j.model.KvCache;
import dev.lora4j.model.KvPages;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Decoders against transformers, their adapters against PEFT.
 *
 * <p>Tolerances: transformers' own float32 values are off by up to 4e-6 from float64 (parity/README.md).
 */
class DecoderGoldenTest {
    private static final double LOGITS = 1e-5;

    private static Tensor logits(LanguageModel model, List<int[]> sequences, Routing routing) {
        Tensor hidden = model.hidden(TokenBatch.of(sequences), routing, Tape.inference());
        return model.logits(hidden, routing);
    }

    @ParameterizedTest
    @MethodSource("dev.lora4j.golden.Golden#causalCases")
    void logitsOfTwoPackedSequencesAreTransformers(String name) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name);
                LanguageModel model = golden.model();
                Adapter adapter = AdapterFolder.read(golden.folder.resolve("adapter"), model);
                LanguageModel merged = MergedModel.of(model, adapter)) {
            List<int[]> sequences = List.of(golden.ids(0), golden.ids(1));
            int first = sequences.get(0).length;
            int rows = first + sequences.get(1).length;
            Tensor base = logits(model, sequences, Routing.NONE);
            Tensor adapted = logits(model, sequences, AdapterRouting.of(adapter, rows));
            Tensor mergedLogits = logits(merged, sequences, Routing.NONE);
            for (int i = 0; i < 2; i++) {
                int start = i == 0 ? 0 : first;
                int end = i == 0 ? first : rows;
                assertClose(base.rows(start, end), golden.tensor("logits." + i), LOGITS, name + " base " + i);
                assertClose(
                        adapted.rows(start, end), golden.tensor("adapter.logits." + i), LOGITS, name + " adapter " + i);
                assertClose(
                        mergedLogits.rows(start, end),
                        golden.tensor("merged.logits." + i),
                        LOGITS,
                        name + " merged " + i);
            }
            assertThat(logits(model, sequences, Routing.NONE).sameBits(base)).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lora4j.golden.Golden#causalCases")
    void greedyTokensThroughTheCacheAreTransformers(String name) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name);
                LanguageModel model = golden.model();
                Adapter adapter = AdapterFolder.read(golden.folder.resolve("adapter"), model)) {
            JsonNode base = golden.json.path("greedy");
            assertThat(greedy(model, base, Routing.NONE)).containsExactly(Golden.integers(base.path("tokens")));
            JsonNode adapted = golden.json.path("adapter").path("greedy");
            assertThat(greedy(model, adapted, AdapterRouting.of(adapter, 1000)))
                    .containsExactly(Golden.integers(adapted.path("tokens")));
        }
    }

    private static int[] greedy(LanguageModel model, JsonNode greedy, Routing routing) {
        int[] prompt = Golden.integers(greedy.path("prompt"));
        int[] tokens = new int[greedy.path("tokens").size()];
        try (Scope scope = Scope.open();
                KvPages pages = model.newPages();
                KvCache cache = pages.newCache()) {
            int[] next = prompt;
            for (int i = 0; i < tokens.length; i++) {
                int rows = next.length;
                Routing clipped = path -> routing.segments(path).stream()
                        .map(segment -> new dev.lora4j.tensor.Segment(0, rows, segment.adapter()))
                        .toList();
                Tensor hidden = model.continued(TokenBatch.of(List.of(next)), clipped, List.of(cache));
                Tensor last = hidden.rows(rows - 1, rows);
                Routing one = path -> List.of();
                tokens[i] = (int) model.logits(last, one).argmax().toLongs()[0];
                next = new int[] {tokens[i]};
            }
        }
        return tokens;
    }

    @Test
    void olderConfigurationsSayTheSame() {
        List<String> names = new ArrayList<>(List.of("llama-tied", "llama-linear-rope", "mistral", "qwen3", "gemma3"));
        for (String name : names) {
            try (Scope scope = Scope.open();
                    Golden golden = Golden.of(name);
                    LanguageModel model = LanguageModel.load(new OlderConfig(golden.folder))) {
                Tensor logits = logits(model, List.of(golden.ids(0)), Routing.NONE);
                assertClose(logits, golden.tensor("logits.0"), LOGITS, name);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rslora", "all-linear", "regex", "second-layer", "saved-head", "patterns"})
    void everyKindOfAdapterGivesPeftsLogits(String variant) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.variants("llama");
                LanguageModel model = golden.model();
                Adapter adapter =
                        AdapterFolder.read(golden.folder.resolve("variants").resolve(variant), model)) {
            assertThat(adapter.parameters())
                    .isEqualTo(golden.json
                            .path("variants")
                            .path(variant)
                            .path("trained_parameters")
                            .asLong());
            for (int i = 0; i < 2; i++) {
                List<int[]> sequence = List.of(golden.ids(i));
                AdapterRouting routing = AdapterRouting.of(adapter, golden.ids(i).length);
                Tensor hidden = model.hidden(TokenBatch.of(sequence), routing, Tape.inference());
                Tensor logits = model.logits(hidden, routing);
                assertClose(logits, golden.tensor(variant + ".logits." + i), LOGITS, variant);
            }
        }
    }

    @Test
    void rowsOfOneBatchUseDifferentAdapters() {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of("llama");
                Golden variants = Golden.variants("llama");
                LanguageModel model = golden.model();
                Adapter plain = AdapterFolder.read(golden.folder.resolve("adapter"), model);
                Adapter all = AdapterFolder.read(golden.folder.resolve("variants/all-linear"), model)) {
            List<int[]> sequences = List.of(golden.ids(0), golden.ids(1), golden.ids(0));
            AdapterRouting routing = AdapterRouting.of(List.of(
                    new AdapterRouting.Run(0, 11, plain, java.util.OptionalLong.empty()),
                    new AdapterRouting.Run(18, 29, all, java.util.OptionalLong.empty())));
            Tensor logits = logits(model, sequences, routing);
            assertClose(logits.rows(0, 11), golden.tensor("adapter.logits.0"), LOGITS, "adapter");
            assertClose(logits.rows(11, 18), golden.tensor("logits.1"), LOGITS, "base");
            assertClose(logits.rows(18, 29), variants.tensor("all-linear.logits.0"), LOGITS, "all-linear");
        }
    }

    @Test
    void theLossIsTransformersOnLabelledTokens() {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of("llama");
                LanguageModel model = golden.model()) {
            LossOf loss = LossOf.labelled(golden, model, Routing.NONE, 0);
            assertThat(loss.mean()).isCloseTo(golden.json.path("loss").asDouble(), within(1e-5));
            LossOf smoothed = LossOf.labelled(golden, model, Routing.NONE, 0.1);
            assertThat(smoothed.mean())
                    .isCloseTo(golden.json.path("smoothed").path("loss").asDouble(), within(1e-5));
        }
    }
}
