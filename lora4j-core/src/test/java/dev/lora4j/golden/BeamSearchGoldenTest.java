package dev.lora4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.generation.BeamSearch;
import dev.lora4j.generation.BeamSettings;
import dev.lora4j.generation.BeamText;
import dev.lora4j.generation.GenerationException;
import dev.lora4j.generation.Prompt;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beams against transformers' (parity/make_beam_golden.py), and against themselves alone. */
class BeamSearchGoldenTest {
    /** Sums of ten logarithms from float32 logits, whose own tolerance is 1e-4 (DecoderGoldenTest). */
    private static final double TOLERANCE = 1e-3;

    private static final JsonNode GOLDEN = JsonFile.read(Golden.folder("beams.json"));

    private static BeamSettings settings(JsonNode at) {
        return new BeamSettings(
                at.path("beams").asInt(),
                GOLDEN.path("new_tokens").asInt(),
                at.path("length_penalty").asDouble(),
                at.path("ngram").asInt(),
                Arrays.stream(Golden.integers(at.path("stops"))).boxed().collect(Collectors.toSet()));
    }

    private static List<Integer> tokens(JsonNode text) {
        return Arrays.stream(Golden.integers(text.path("tokens"))).boxed().toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2"})
    void theTextsAndTheirScoresAreTransformers(String name) {
        int compared = 0;
        try (Golden golden = Golden.of(name);
                LanguageModel model = golden.model()) {
            for (JsonNode at : GOLDEN.path("cases")) {
                if (at.path("model").asText().equals(name)) {
                    Prompt prompt = Prompt.of(Golden.integers(at.path("prompt")));
                    List<BeamText> found = BeamSearch.of(model, settings(at))
                            .run(List.of(prompt))
                            .get(0);
                    assertThat(found).as(at.toString()).hasSize(at.path("texts").size());
                    for (int i = 0; i < found.size(); i++) {
                        JsonNode expected = at.path("texts").get(i);
                        assertThat(found.get(i).tokens())
                                .as("%s, text %d", at, i)
                                .isEqualTo(tokens(expected));
                        assertThat(found.get(i).score())
                                .isCloseTo(expected.path("score").asDouble(), within(TOLERANCE));
                        assertThat(found.get(i).stopped())
                                .isEqualTo(expected.path("stopped").asBoolean());
                        compared++;
                    }
                }
            }
        }
        assertThat(compared).isGreaterThan(30);
    }

    @Test
    void promptsWithAdaptersInOneBatchFindWhatTheyFindAlone() {
        try (Golden golden = Golden.of("llama");
                LanguageModel model = golden.model();
                Adapter adapter = AdapterFolder.read(golden.folder.resolve("adapter"), model)) {
            BeamSearch search = BeamSearch.of(model, new BeamSettings(4, 20, 0.8, 3, Set.of(5, 9)));
            Prompt plain = Prompt.of(golden.ids(0));
            Prompt adapted = Prompt.of(golden.ids(1)).with(adapter);
            Prompt other = Prompt.of(Arrays.copyOf(golden.ids(1), 17));
            List<List<BeamText>> together = search.run(List.of(plain, adapted, other));
            assertSame(together.get(0), search.run(List.of(plain)).get(0));
            assertSame(together.get(1), search.run(List.of(adapted)).get(0));
            assertSame(together.get(2), search.run(List.of(other)).get(0));
            List<BeamText> base = search.run(List.of(Prompt.of(golden.ids(1)))).get(0);
            assertThat(together.get(1)).isNotEqualTo(base);
        }
    }

    /** The batch's rows may be summed in another order. */
    private static void assertSame(List<BeamText> found, List<BeamText> alone) {
        assertThat(found.stream().map(BeamText::tokens))
                .isEqualTo(alone.stream().map(BeamText::tokens).toList());
        for (int i = 0; i < alone.size(); i++) {
            assertThat(found.get(i).score()).isCloseTo(alone.get(i).score(), within(TOLERANCE));
        }
    }

    @Test
    void noRunOfTokensOccursTwiceInWhatIsGenerated() {
        try (Golden golden = Golden.of("gpt2");
                LanguageModel model = golden.model()) {
            BeamSearch search = BeamSearch.of(model, new BeamSettings(4, 20, 1, 2, Set.of()));
            for (BeamText text : search.run(List.of(Prompt.of(golden.ids(0)))).get(0)) {
                List<List<Integer>> pairs = IntStream.range(0, 19)
                        .mapToObj(i -> text.tokens().subList(i, i + 2))
                        .toList();
                assertThat(pairs).doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void nothingOfASearchIsLeftBehind() {
        try (Golden golden = Golden.of("llama");
                LanguageModel model = golden.model()) {
            BeamSearch search = BeamSearch.of(model, BeamSettings.of(3, 20));
            search.run(List.of(Prompt.of(golden.ids(0))));
            long before = Scope.liveObjects();
            search.run(List.of(Prompt.of(golden.ids(0))));
            assertThat(Scope.liveObjects()).isEqualTo(before);
        }
    }

    @Test
    void whatTheModelHasNoRoomForAndSettingsOutOfRangeAreRefused() {
        try (Golden golden = Golden.of("llama");
                LanguageModel model = golden.model()) {
            BeamSearch search = BeamSearch.of(model, BeamSettings.of(2, model.maxPositions()));
            assertThatThrownBy(() -> search.run(List.of(Prompt.of(1, 2))))
                    .isInstanceOf(GenerationException.class)
                    .hasMessageContaining("the prompt has 2 tokens");
        }
        assertThatThrownBy(() -> BeamSettings.of(0, 5)).hasMessage("beams is 0; expected 1 to 256");
        assertThatThrownBy(() -> new BeamSettings(2, 5, Double.NaN, 0, Set.of()))
                .hasMessage("length-penalty is NaN; expected a finite number");
    }
}
