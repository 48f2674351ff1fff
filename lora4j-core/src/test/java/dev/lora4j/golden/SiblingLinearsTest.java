package dev.lora4j.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Generator;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.InPlaceMerge;
import dev.lora4j.lora.MergedModel;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.model.WeightFormat;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers of the same input, computed as one product in generation, give what each gives alone. */
class SiblingLinearsTest {
    /** Float32 of a safetensors file stays mapped and apart; blocks and bytes are copied, one below another. */
    static Stream<Arguments> bases() {
        return Stream.of("llama", "qwen2", "gemma2", "gemma3")
                .flatMap(name ->
                        Stream.of(WeightFormat.F32, WeightFormat.INT8).map(format -> Arguments.of(name, format)));
    }

    private static LanguageModel copied(String name, WeightFormat format) {
        ModelFiles files = HuggingFaceFolder.open(Golden.folder(name));
        return LanguageModel.load(BlockFiles.of(files), ModelTask.CAUSAL_LM, Device.CPU, format);
    }

    /** The tokens that a model gives when the whole text goes through it anew for each, on a tape that is no generation's. */
    private static int[] oneByOne(LanguageModel model, int[] prompt, int count) {
        int[] ids = prompt;
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            try (Scope scope = Scope.open()) {
                Tensor hidden = model.hidden(TokenBatch.of(List.of(ids)), Routing.NONE, Tape.inference());
                Tensor last = hidden.rows(ids.length - 1, ids.length);
                tokens[i] = (int) model.logits(last, Routing.NONE, Tape.inference())
                        .argmax()
                        .toLongs()[0];
            }
            ids = Arrays.copyOf(ids, ids.length + 1);
            ids[ids.length - 1] = tokens[i];
        }
        return tokens;
    }

    private static int[] generated(Generator generator, int[] prompt) {
        return generator.generate(prompt, GenerationSettings.greedy(8)).tokens();
    }

    @ParameterizedTest
    @MethodSource("bases")
    void generationGivesTheTokensOfLayersApart(String name, WeightFormat format) {
        try (Golden golden = Golden.of(name);
                LanguageModel model = copied(name, format)) {
            assertThat(generated(Generator.of(model), golden.ids(0)))
                    .containsExactly(oneByOne(model, golden.ids(0), 8));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen2", "gemma2", "gemma3"})
    void anAdapterBesideThemAndMergedIntoThemGivesTheSameTokens(String name) {
        try (Golden golden = Golden.of(name);
                LanguageModel model = copied(name, WeightFormat.F32);
                Adapter adapter = AdapterFolder.read(golden.folder.resolve("adapter"), model);
                LanguageModel merged = MergedModel.of(model, adapter);
                InPlaceMerge inPlace = InPlaceMerge.of(model, List.of(adapter))) {
            int[] base = generated(Generator.of(model), golden.ids(0));
            int[] expected = oneByOne(merged, golden.ids(0), 8);
            assertThat(expected).isNotEqualTo(base);
            assertThat(generated(Generator.of(merged), golden.ids(0))).containsExactly(expected);
            assertThat(generated(Generator.of(model, adapter), golden.ids(0))).containsExactly(expected);
            assertThat(generated(Generator.of(inPlace.model()), golden.ids(0))).containsExactly(base);
            inPlace.merge("adapter", adapter);
            assertThat(generated(Generator.of(inPlace.model()), golden.ids(0))).containsExactly(expected);
            inPlace.unmerge("adapter");
            assertThat(generated(Generator.of(inPlace.model()), golden.ids(0))).containsExactly(base);
        }
    }
}
