package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.Example;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.Row;
import dev.lora4j.data.RowOrigin;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.generation.Generation;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Prompt;
import dev.lora4j.generation.TextGenerator;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.InPlaceMerge;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.lora.MergedModel;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import dev.lora4j.training.Trainer;
import dev.lora4j.training.TrainingConfig;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** docs/lora-explained.md, training, switching and merging on a model of six words. */
final class ExplainedCounting extends Chapter {
    private final Path folder;

    ExplainedCounting(Path folder) {
        this.folder = folder;
    }

    @Override
    void tell() throws Exception {
        TinyModel.write(folder);
        try (ModelFiles files = HuggingFaceFolder.open(folder);
                Tokenizer tokenizer = Tokenizer.of(files);
                LanguageModel base = LanguageModel.load(files)) {
            train(tokenizer, base);
        }
    }

    // snippet: say
    static String say(TextGenerator generator, String start) {
        return generator.generate(start, GenerationSettings.greedy(3)).text();
    }
    // end

    // snippet: rows
    static Dataset rows(Tokenizer tokenizer, String text) {
        ExampleEncoder encoder = ExampleEncoder.causal(tokenizer, EncodingSettings.of(16));
        Example example = encoder.encode(new Row.Text(text), new RowOrigin(text, 1));
        return Dataset.of(List.of(example));
    }
    // end

    private void train(Tokenizer tokenizer, LanguageModel base) {
        begin("base");
        TextGenerator up = TextGenerator.of(base, tokenizer);
        print("one -> %s", say(up, "one"));
        // end

        begin("train");
        LoraConfig config = LoraConfig.rank(2).alpha(4).targets("lm_head");
        Adapter down = Adapter.create(base, config, 1);
        Adapter odd = Adapter.create(base, config, 2);
        TrainingConfig often = TrainingConfig.builder()
                .maxSteps(200)
                .batchSize(1)
                .learningRate(0.05)
                .build();
        TrainingTask first = TrainingTask.of("down", down, rows(tokenizer, "four three two one"), often);
        TrainingTask second = TrainingTask.of("odd", odd, rows(tokenizer, "one three two four"), often);
        Trainer.of(base, first, second).train(); // both at once
        print("base     %d values, frozen", base.parameters());
        print("adapter  %d values, %.0f %% of that", down.parameters(), 100.0 * down.parameters() / base.parameters());
        // end
        try (down;
                odd) {
            change(tokenizer, base, down, odd);
            route(base, down, odd);
            merge(tokenizer, base, down);
            exchange(tokenizer, base, down, odd);
        }
    }

    private void change(Tokenizer tokenizer, LanguageModel base, Adapter down, Adapter odd) {
        TextGenerator up = TextGenerator.of(base, tokenizer);
        begin("switch");
        TextGenerator backwards = TextGenerator.of(base, tokenizer, down);
        TextGenerator odds = TextGenerator.of(base, tokenizer, odd);
        print("base  one ->  %s", say(up, "one"));
        print("down  four -> %s", say(backwards, "four"));
        print("odd   one ->  %s", say(odds, "one"));
        print("base  one ->  %s", say(up, "one"));
        // end

        begin("batch");
        List<Prompt> prompts = List.of(up.prompt("one"), backwards.prompt("four"), odds.prompt("one"));
        for (Generation generation : up.generate(prompts, GenerationSettings.greedy(3))) {
            print("%s", generation.text());
        }
        // end
    }

    private void route(LanguageModel base, Adapter down, Adapter odd) {
        try (Scope scope = Scope.open()) {
            begin("route");
            int[] two = {TinyModel.WORDS.indexOf("two")};
            TokenBatch batch = TokenBatch.of(List.of(two, two, two)); // three texts of one word
            Routing routing = AdapterRouting.of(List.of(
                    new AdapterRouting.Run(0, 1, down, OptionalLong.empty()), // the first row
                    new AdapterRouting.Run(2, 3, odd, OptionalLong.empty()))); // the third, and nobody the second
            Tensor hidden = base.hidden(batch, routing, Tape.inference());
            Tensor logits = base.logits(hidden, routing); // [3, 6]
            for (int row = 0; row < 3; row++) {
                long next = logits.rows(row, row + 1).argmax().toLongs()[0];
                print("row %d: two -> %s", row, TinyModel.WORDS.get((int) next));
            }
            // end
        }
    }

    private void merge(Tokenizer tokenizer, LanguageModel base, Adapter down) {
        begin("merge");
        try (LanguageModel merged = MergedModel.of(base, down)) {
            print("merged %d values, base %d", merged.parameters(), base.parameters());
            print("four -> %s", say(TextGenerator.of(merged, tokenizer), "four"));
        }
        // end
    }

    private void exchange(Tokenizer tokenizer, LanguageModel base, Adapter down, Adapter odd) {
        begin("unmerge");
        try (Scope scope = Scope.open();
                InPlaceMerge model = InPlaceMerge.of(base, List.of(down, odd))) {
            TextGenerator generator = TextGenerator.of(model.model(), tokenizer);
            model.merge("down", down); // W + s B A
            print("down    four -> %s", say(generator, "four"));
            model.unmerge("down"); // - s B A
            model.merge("odd", odd); // + s B' A'
            print("odd     one ->  %s", say(generator, "one"));
            model.unmerge("odd");
            print("nobody  one ->  %s", say(generator, "one"));
            Tensor frozen = base.outputLayer().weight();
            Tensor ours = model.model().outputLayer().weight();
            print(
                    "off by less than 0.00001:  %b",
                    ours.minus(frozen).square().sum().item() < 1e-10);
            model.reset(); // the base's own values again
            print("the same bits as the base: %b", ours.sameBits(frozen));
        }
        // end
    }
}
