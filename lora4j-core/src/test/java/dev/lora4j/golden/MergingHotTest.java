package dev.lora4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.generation.GenerationBatch;
import dev.lora4j.generation.GenerationException;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Generator;
import dev.lora4j.generation.Prompt;
import dev.lora4j.generation.TokenListener;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.WeightedAdapter;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.WeightFormat;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One adapter that has all the work is merged meanwhile; every answer stays transformers' and PEFT's. */
class MergingHotTest {
    private static final int WARM = 64;

    private final Golden golden = Golden.of("llama");
    private final LanguageModel model = golden.model();
    private final Adapter adapter = adapter("adapter");
    private final JsonNode baseGreedy = golden.json.path("greedy");
    private final JsonNode adapterGreedy = golden.json.path("adapter").path("greedy");
    private final Prompt base = Prompt.of(Golden.integers(baseGreedy.path("prompt")));
    private final int[] baseAnswer = Golden.integers(baseGreedy.path("tokens"));
    private final int[] adapterAnswer = Golden.integers(adapterGreedy.path("tokens"));

    @AfterEach
    void close() {
        adapter.close();
        model.close();
        golden.close();
    }

    private Adapter adapter(String name) {
        return AdapterFolder.read(golden.folder.resolve(name), model);
    }

    private Prompt adapted() {
        return Prompt.of(Golden.integers(adapterGreedy.path("prompt"))).with(adapter);
    }

    private static int add(GenerationBatch batch, Prompt prompt, int count) {
        return batch.add(prompt, GenerationSettings.greedy(count), TokenListener.NONE);
    }

    /** Tokens by the sequences' numbers. */
    private static Map<Integer, int[]> finish(GenerationBatch batch) {
        Map<Integer, int[]> tokens = new TreeMap<>();
        while (!batch.isEmpty()) {
            batch.step()
                    .forEach(ended ->
                            tokens.put(ended.number(), ended.generation().tokens()));
        }
        return tokens;
    }

    private void warm(GenerationBatch batch) {
        for (int steps = 0; steps < WARM; steps += adapterAnswer.length) {
            add(batch, adapted(), adapterAnswer.length);
            finish(batch);
        }
    }

    @Test
    void anAdapterThatHasAllTheWorkIsMergedAndSaysTheSame() {
        try (GenerationBatch batch = GenerationBatch.of(model).mergingHot()) {
            List<Long> merged = new ArrayList<>();
            for (int steps = 0; steps < 3 * WARM; steps += adapterAnswer.length) {
                int number = add(batch, adapted(), adapterAnswer.length);
                assertThat(finish(batch).get(number)).containsExactly(adapterAnswer);
                merged.add(batch.mergedSteps());
            }
            assertThat(merged.get(0)).isZero();
            int rounds = merged.size();
            assertThat(merged.get(rounds - 1) - merged.get(rounds - 2)).isEqualTo(adapterAnswer.length);
            assertThat(merged.get(rounds - 1)).isEqualTo((long) rounds * adapterAnswer.length - WARM);
        }
    }

    @Test
    void othersBesideItAreServedBesideTheBaseAtOnceAndItIsMergedAgainAfterThem() {
        try (GenerationBatch batch = GenerationBatch.of(model).mergingHot()) {
            warm(batch);
            int hot = add(batch, adapted(), adapterAnswer.length);
            batch.step();
            batch.step();
            long before = batch.mergedSteps();
            int other = add(batch, base, baseAnswer.length - 4);
            Map<Integer, int[]> tokens = finish(batch);
            assertThat(tokens.get(hot)).containsExactly(adapterAnswer);
            assertThat(tokens.get(other)).containsExactly(Arrays.copyOf(baseAnswer, baseAnswer.length - 4));
            assertThat(batch.mergedSteps()).isLessThan(before + adapterAnswer.length);
            add(batch, adapted(), 3);
            long after = batch.mergedSteps();
            finish(batch);
            assertThat(batch.mergedSteps()).isEqualTo(after + 3);
        }
    }

    @Test
    void theBaseAndSumsAreNeverMerged() {
        try (GenerationBatch batch = GenerationBatch.of(model).mergingHot()) {
            Prompt half = base.withSum(List.of(new WeightedAdapter("half", adapter, 0.5)));
            for (int i = 0; i < 3 * WARM / baseAnswer.length; i++) {
                add(batch, base, baseAnswer.length);
                finish(batch);
                add(batch, half, baseAnswer.length);
                finish(batch);
            }
            assertThat(batch.mergedSteps()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"all-linear", "saved-head", "dora", "embeddings", "saved-modules", "lora-bias"})
    void everyKindOfAdapterSaysTheSame(String variant) {
        try (Adapter other = adapter("variants/" + variant)) {
            Prompt prompt = base.with(other);
            try (GenerationBatch beside = GenerationBatch.of(model);
                    GenerationBatch batch = GenerationBatch.of(model).mergingHot()) {
                add(beside, prompt, 12);
                int[] expected = finish(beside).get(0);
                for (int i = 0; i < 8; i++) {
                    int number = add(batch, prompt, 12);
                    assertThat(finish(batch).get(number)).containsExactly(expected);
                }
                assertThat(batch.mergedSteps()).isEqualTo(8 * 12 - WARM);
            }
        }
    }

    @Test
    void itsMemoryIsGivenBackAfterLongWorkForOthersAndAtTheEnd() {
        Generator.of(model).generate(List.of(adapted()), GenerationSettings.greedy(1)); // what is made once
        long before = Scope.liveObjects();
        try (GenerationBatch batch = GenerationBatch.of(model).mergingHot()) {
            add(batch, base, baseAnswer.length); // pages that the batch keeps
            finish(batch);
            long empty = Scope.liveObjects();
            warm(batch);
            add(batch, adapted(), 1);
            finish(batch);
            assertThat(Scope.liveObjects()).isGreaterThan(empty);
            for (int steps = 0; steps < 1_024; steps += baseAnswer.length) {
                add(batch, base, baseAnswer.length);
                finish(batch);
            }
            assertThat(Scope.liveObjects()).isLessThanOrEqualTo(empty);
            warm(batch);
            add(batch, adapted(), 1);
            finish(batch);
        }
        assertThat(Scope.liveObjects()).isLessThanOrEqualTo(before);
    }

    @Test
    void aBaseThatIsFasterThanFloat32IsRefused() {
        try (LanguageModel small = LanguageModel.load(
                        HuggingFaceFolder.open(golden.folder), ModelTask.CAUSAL_LM, Device.CPU, WeightFormat.INT8);
                GenerationBatch batch = GenerationBatch.of(small)) {
            assertThatThrownBy(batch::mergingHot)
                    .isInstanceOf(GenerationException.class)
                    .hasMessageContaining("int8");
        }
    }
}
