package dev.lora4j.training;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.data.RowOrigin;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.LayerFilter;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.WeightFormat;
import dev.lora4j.tensor.Device;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** A llama of two small layers and rows of random tokens and unequal length, for tests of the trainer. */
final class TinyRun {
    static final int VOCABULARY = 96;

    private TinyRun() {}

    static LanguageModel model() {
        return model(WeightFormat.F32);
    }

    static LanguageModel model(WeightFormat format) {
        try {
            Path folder = Path.of(Objects.requireNonNull(TinyRun.class.getResource("/golden/llama"))
                    .toURI());
            return LanguageModel.load(HuggingFaceFolder.open(folder), ModelTask.CAUSAL_LM, Device.CPU, format);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Dataset rows(int count, long seed) {
        Random random = new Random(seed);
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] tokens = random.ints(3 + random.nextInt(12), 0, VOCABULARY).toArray();
            BitSet trained = new BitSet();
            trained.set(1 + random.nextInt(tokens.length - 1), tokens.length);
            rows.add(Example.causal(tokens, trained, new RowOrigin("rows-" + seed, i + 1L)));
        }
        return Dataset.of(rows);
    }

    static Adapter adapter(LanguageModel model, double dropout, long seed) {
        LoraConfig config = LoraConfig.rank(4).alpha(8).dropout(dropout).targets("q_proj", "v_proj", "down_proj");
        return Adapter.create(model, config, seed);
    }

    /** Beside the second of the two layers alone. */
    static Adapter upperAdapter(LanguageModel model, double dropout, long seed) {
        LoraConfig config = LoraConfig.rank(4)
                .alpha(8)
                .dropout(dropout)
                .targets("q_proj", "v_proj", "down_proj")
                .layers(new LayerFilter(List.of(1), List.of()));
        return Adapter.create(model, config, seed);
    }

    static TrainingConfig.Builder config() {
        return TrainingConfig.builder()
                .batchSize(3)
                .maxSteps(6)
                .learningRate(1e-2)
                .seed(7);
    }
}
