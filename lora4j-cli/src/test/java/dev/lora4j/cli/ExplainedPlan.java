package dev.lora4j.cli;

import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.WeightFormat;
import dev.lora4j.plan.BuiltInShapes;
import dev.lora4j.plan.HalfPrecision;
import dev.lora4j.plan.PlanMethod;
import dev.lora4j.plan.PlanOptimizer;
import dev.lora4j.plan.PlanSettings;
import dev.lora4j.plan.ShortTargets;
import dev.lora4j.plan.TrainingPlan;
import java.util.List;
import java.util.Optional;

/** docs/lora-explained.md, the figures of GPT-3. */
final class ExplainedPlan extends Chapter {
    // snippet: plan
    static TrainingPlan plan(String model, int rank, String... targets) {
        LoraConfig config = ShortTargets.in(LoraConfig.rank(rank), List.of(targets), "gpt2");
        PlanSettings.Batch batch = new PlanSettings.Batch(1, 128, 128, false);
        PlanSettings settings = new PlanSettings(
                PlanMethod.LORA,
                config,
                0, // outputs of a classifier
                batch,
                PlanOptimizer.ADAMW,
                WeightFormat.F32,
                2, // bytes of a stored value
                100); // fine-tuned models
        try (LanguageModel outline =
                LanguageModel.outline(model, BuiltInShapes.config(model).orElseThrow(), ModelTask.CAUSAL_LM)) {
            return TrainingPlan.of(outline, settings, Optional.empty());
        }
    }
    // end

    @Override
    void tell() {
        begin("gpt3");
        TrainingPlan plan = plan("gpt3-175b", 4, "q", "v");
        long base = plan.parameters();
        long trained = plan.values().trained();
        print("base           %.1f B values", base / 1e9);
        print("trained        %,d values, 1 of %,d", trained, base / trained);
        print("by hand        %,d values", 96 * 2 * 4 * (12_288 + 12_288)); // layers, q and v, r, in + out
        TrainingPlan.Storage storage = plan.storage();
        print("one full copy  %.0f GB", storage.fullCopy() / 1e9);
        print("one adapter    %.1f MB, or %.0f MiB", storage.checkpoint() / 1e6, storage.checkpoint() / 1024.0 / 1024);
        print("100 adapters   %.0f GB with the base", storage.together() / 1e9);
        print("100 copies     %.1f TB", storage.copies() / 1e12);
        // end

        begin("memory");
        HalfPrecision memory = plan.halfPrecision();
        print("all trained: weights and Adam's moments  %.2f TB", memory.weightsAndMoments() / 1e12);
        print("all trained: and gradients               %.2f TB", memory.withGradients() / 1e12);
        print("frozen base and all of the adapter       %.0f GB", memory.frozen() / 1e9);
        // end

        begin("targets");
        TrainingPlan one = plan("gpt3-175b", 8, "q");
        TrainingPlan two = plan("gpt3-175b", 4, "q", "v");
        TrainingPlan four = plan("gpt3-175b", 2, "q", "k", "v", "o");
        print("q           r 8  %.1f M", one.values().trained() / 1e6);
        print("q, v        r 4  %.1f M", two.values().trained() / 1e6);
        print("q, k, v, o  r 2  %.1f M", four.values().trained() / 1e6);
        // end
    }
}
