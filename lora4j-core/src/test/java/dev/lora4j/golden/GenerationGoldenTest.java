package dev.lora4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.generation.FinishReason;
import dev.lora4j.generation.Generation;
import dev.lora4j.generation.GenerationBatch;
import dev.lora4j.generation.GenerationException;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Generator;
import dev.lora4j.generation.Prompt;
import dev.lora4j.generation.TokenListener;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The generator against the greedy tokens of transformers and PEFT, and against itself alone. */
class GenerationGoldenTest {
    private static final int[] PROMPT = {32, 11, 55, 26, 53, 15, 46};

    private static int[] expected(JsonNode at) {
        return Golden.integers(at.path("greedy").path("tokens"));
    }

    private static int[] prompt(JsonNode at) {
        return Golden.integers(at.path("greedy").path("prompt"));
    }

    private static Adapter adapter(Golden golden, String folder, LanguageModel model) {
        return AdapterFolder.read(golden.folder.resolve(folder), model);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama",
                "llama-tied",
                "mistral",
                "mixtral",
                "qwen2",
                "qwen3",
                "gemma3",
                "gemma3-softcap",
                "gpt2",
                "gpt2-old"
            })
    void greedyTokensAreTransformersAndPefts(String name) {
        try (Golden golden = Golden.of(name);
                LanguageModel model = golden.model();
                Adapter adapter = adapter(golden, "adapter", model)) {
            JsonNode adapted = golden.json.path("adapter");
            GenerationSettings settings = GenerationSettings.greedy(expected(golden.json).length);
            Generation base = Generator.of(model).generate(prompt(golden.json), settings);
            assertThat(base.tokens()).containsExactly(expected(golden.json));
            assertThat(base.finishReason()).isEqualTo(FinishReason.LENGTH);
            assertThat(base.promptTokens()).isEqualTo(prompt(golden.json).length);
            assertThat(Generator.of(model, adapter)
                            .generate(prompt(adapted), settings)
                            .tokens())
                    .containsExactly(expected(adapted));
        }
    }

    @Test
    void everySequenceOfAMixedBatchIsWhatItIsAlone() {
        try (Golden golden = Golden.of("llama");
                LanguageModel model = golden.model();
                Adapter plain = adapter(golden, "adapter", model);
                Adapter all = adapter(golden, "variants/all-linear", model);
                Adapter head = adapter(golden, "variants/saved-head", model)) {
            List<Prompt> prompts = List.of(
                    Prompt.of(PROMPT).with(plain),
                    Prompt.of(PROMPT),
                    Prompt.of(PROMPT).with(head),
                    Prompt.of(golden.ids(0)).with(all),
                    Prompt.of(golden.ids(0)).with(plain));
            GenerationSettings settings = GenerationSettings.greedy(12);
            List<Generation> together = Generator.of(model).generate(prompts, settings);
            assertThat(together.get(0).tokens()).containsExactly(expected(golden.json.path("adapter")));
            assertThat(together.get(1).tokens()).containsExactly(expected(golden.json));
            for (int i = 0; i < prompts.size(); i++) {
                List<Generation> alone = Generator.of(model).generate(List.of(prompts.get(i)), settings);
                assertThat(together.get(i).tokens())
                        .as("prompt %d", i)
                        .containsExactly(alone.get(0).tokens());
            }
            assertThat(together.get(2).tokens()).isNotEqualTo(together.get(1).tokens());
        }
    }

    @Test
    void sequencesMayJoinAndLeaveBetweenSteps() {
        try (Golden golden = Golden.of("llama");
                LanguageModel model = golden.model();
                GenerationBatch batch = GenerationBatch.of(model)) {
            int[] base = expected(golden.json);
            Set<Integer> stop = Set.of(base[2]);
            batch.add(Prompt.of(PROMPT), GenerationSettings.greedy(12).withStopTokens(stop), TokenListener.NONE);
            assertThat(batch.step()).isEmpty();
            batch.add(Prompt.of(PROMPT), GenerationSettings.greedy(12), TokenListener.NONE);
            int gone = batch.add(Prompt.of(PROMPT), GenerationSettings.greedy(12), TokenListener.NONE);
            assertThat(batch.step()).isEmpty();
            assertThat(batch.remove(gone)).isTrue();
            List<GenerationBatch.Ended> first = batch.step();
            assertThat(first).hasSize(1);
            assertThat(first.get(0).number()).isZero();
            assertThat(first.get(0).generation().finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(first.get(0).generation().tokens()).containsExactly(Arrays.copyOf(base, 3));
            List<GenerationBatch.Ended> rest = new ArrayList<>();
            while (!batch.isEmpty()) {
                rest.addAll(batch.step());
            }
            assertThat(rest).hasSize(1);
            assertThat(rest.get(0).number()).isEqualTo(1);
            assertThat(rest.get(0).generation().tokens()).containsExactly(base);
        }
    }

    @Test
    void equalSeedsGiveEqualTokensAloneAndTogether() {
        try (Golden golden = Golden.of("llama");
                LanguageModel model = golden.model()) {
            Generator generator = Generator.of(model);
            int[] first = generator
                    .generate(PROMPT, GenerationSettings.sampled(20, 7))
                    .tokens();
            int[] again = generator
                    .generate(PROMPT, GenerationSettings.sampled(20, 7))
                    .tokens();
            int[] other = generator
                    .generate(PROMPT, GenerationSettings.sampled(20, 8))
                    .tokens();
            assertThat(again).containsExactly(first);
            assertThat(other).isNotEqualTo(first);
            List<Generation> together = generator.generate(
                    List.of(Prompt.of(golden.ids(0)), Prompt.of(PROMPT)), GenerationSettings.sampled(20, 7));
            assertThat(together.get(1).tokens()).containsExactly(first);
        }
    }

    @Test
    void topOneIsGreedy() {
        try (Golden golden = Golden.of("llama");
                LanguageModel model = golden.model()) {
            GenerationSettings settings =
                    GenerationSettings.sampled(12, 3).withTopK(1).withTemperature(5);
            assertThat(Generator.of(model).generate(PROMPT, settings).tokens()).containsExactly(expected(golden.json));
        }
    }

    @Test
    void aListenerHearsEveryTokenAndEndsTheSequence() {
        try (Golden golden = Golden.of("llama");
                LanguageModel model = golden.model()) {
            int[] base = expected(golden.json);
            List<Integer> heard = new ArrayList<>();
            Generation cut = Generator.of(model).generate(PROMPT, GenerationSettings.greedy(12), token -> {
                heard.add(token);
                return heard.size() < 4;
            });
            assertThat(cut.finishReason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(cut.tokens()).containsExactly(Arrays.copyOf(base, 4));
            assertThat(heard).containsExactly(base[0], base[1], base[2], base[3]);
        }
    }

    @Test
    void promptsThatDoNotFitAreRefusedBeforeAnythingRuns() {
        try (Golden golden = Golden.of("llama");
                LanguageModel model = golden.model()) {
            List<Prompt> prompts = List.of(Prompt.of(PROMPT), Prompt.of(new int[60]));
            assertThatThrownBy(() -> Generator.of(model).generate(prompts, GenerationSettings.greedy(5)))
                    .isInstanceOf(GenerationException.class)
                    .hasMessage("the prompt has 60 tokens and max-new-tokens is 5, together 65; the model takes 64:"
                            + " lower max-new-tokens to 4 or shorten the prompt");
            assertThatThrownBy(() -> Generator.of(model).generate(new int[] {3, 96}, GenerationSettings.greedy(5)))
                    .isInstanceOf(GenerationException.class)
                    .hasMessageContaining("token 96, the model's vocabulary has 96");
            assertThatThrownBy(() -> Prompt.of()).isInstanceOf(GenerationException.class);
        }
    }

    @Test
    void aRowWithoutNumbersFailsAndTheOthersGoOn() {
        try (Golden golden = Golden.of("llama");
                LanguageModel model = golden.model();
                Adapter damaged = Adapter.create(model, LoraConfig.rank(2).targets("o_proj"), 1)) {
            damaged.tensors().values().forEach(tensor -> tensor.timesInPlace(Double.NaN));
            GenerationSettings settings = GenerationSettings.greedy(12);
            List<Generation> results = Generator.of(model)
                    .generate(List.of(Prompt.of(PROMPT), Prompt.of(PROMPT).with(damaged), Prompt.of(PROMPT)), settings);
            assertThat(results.get(0).tokens()).containsExactly(expected(golden.json));
            assertThat(results.get(2).tokens()).containsExactly(expected(golden.json));
            assertThat(results.get(1).finishReason()).isEqualTo(FinishReason.FAILED);
            assertThat(results.get(1).tokens()).isEmpty();
            assertThat(results.get(1).failure().orElseThrow())
                    .hasMessageStartingWith("sequence 1: the logits at position 7 are NaN or infinite");
            assertThatThrownBy(() -> Generator.of(model, damaged).generate(PROMPT, settings))
                    .isInstanceOf(GenerationException.class)
                    .hasMessageContaining("NaN");
        }
    }

    @Test
    void longPromptsAreReadInPartsWithTheSameResult() {
        try (Golden golden = Golden.of("gemma3");
                LanguageModel model = golden.model()) {
            int[] prompt = prompt(golden.json);
            List<Prompt> many = new ArrayList<>();
            for (int i = 0; i < 2048 / prompt.length + 2; i++) { // more tokens than a step takes
                many.add(Prompt.of(prompt));
            }
            GenerationSettings settings = GenerationSettings.greedy(expected(golden.json).length);
            for (Generation generation : Generator.of(model).generate(many, settings)) {
                assertThat(generation.tokens()).containsExactly(expected(golden.json));
            }
        }
    }

    @Test
    void twoHundredGenerationsLeaveNoNativeObjects() {
        try (Golden golden = Golden.of("llama");
                LanguageModel model = golden.model();
                Adapter adapter = adapter(golden, "adapter", model)) {
            List<Prompt> prompts = List.of(Prompt.of(PROMPT).with(adapter), Prompt.of(PROMPT));
            Generator generator = Generator.of(model);
            generator.generate(prompts, GenerationSettings.sampled(4, 0));
            long before = Scope.liveObjects();
            for (int i = 0; i < 200; i++) {
                generator.generate(prompts, GenerationSettings.sampled(4, i));
            }
            assertThat(Scope.liveObjects()).isLessThanOrEqualTo(before);
        }
    }

    @Test
    void anExceptionInTheListenerLeavesNoNativeObjects() {
        try (Golden golden = Golden.of("llama");
                LanguageModel model = golden.model()) {
            Generator generator = Generator.of(model);
            generator.generate(PROMPT, GenerationSettings.greedy(2));
            long before = Scope.liveObjects();
            assertThatThrownBy(() -> generator.generate(PROMPT, GenerationSettings.greedy(9), token -> {
                        throw new IllegalStateException("no more");
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no more");
            assertThat(Scope.liveObjects()).isLessThanOrEqualTo(before);
        }
    }
}
