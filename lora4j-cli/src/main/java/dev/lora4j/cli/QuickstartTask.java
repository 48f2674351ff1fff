package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.Example;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.LabelSet;
import dev.lora4j.data.Row;
import dev.lora4j.data.RowOrigin;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.evaluation.ClassificationScore;
import dev.lora4j.evaluation.SequencePredictions;
import dev.lora4j.lora.Adapter;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.samples.LabelledText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One of the quickstart's two questions: its labels, its rows, and how well an adapter answers it.
 *
 * @param test sentences that break rules which no training row breaks
 */
record QuickstartTask(String name, String question, LabelSet labels, Dataset training, List<Example> test) {
    private static final int MAX_LENGTH = 128;
    private static final int TOKENS_PER_BATCH = 4096;

    static QuickstartTask of(
            String name, String question, List<LabelledText> training, List<LabelledText> test, Tokenizer tokenizer) {
        LabelSet labels =
                LabelSet.sorted(training.stream().map(LabelledText::label).toList());
        ExampleEncoder encoder = ExampleEncoder.classification(tokenizer, labels, EncodingSettings.of(MAX_LENGTH));
        return new QuickstartTask(
                name,
                question,
                labels,
                Dataset.of(examples(name + "-train", training, encoder)),
                examples(name + "-test", test, encoder));
    }

    private static List<Example> examples(String file, List<LabelledText> rows, ExampleEncoder encoder) {
        List<Example> examples = new ArrayList<>();
        for (LabelledText row : rows) {
            RowOrigin origin = new RowOrigin(file, examples.size() + 1L);
            examples.add(encoder.encode(new Row.Labelled(row.text(), Optional.empty(), row.label()), origin));
        }
        return examples;
    }

    SequencePredictions predict(LanguageModel model, Optional<Adapter> adapter) {
        return SequencePredictions.of(model, adapter, test, TOKENS_PER_BATCH);
    }

    /** Only the first test sentences, for showing that answers stay the same. */
    QuickstartTask few(int sentences) {
        return new QuickstartTask(name, question, labels, training, test.subList(0, Math.min(sentences, test.size())));
    }

    /** Mean recall of the labels: what a coin or a constant answer gets is 1 / labels. */
    static double balancedAccuracy(ClassificationScore score) {
        return score.classes().stream()
                .mapToDouble(ClassificationScore.ClassScore::recall)
                .average()
                .orElse(0);
    }

    ClassificationScore score(SequencePredictions predictions) {
        int[] expected =
                test.stream().mapToInt(row -> row.label().orElseThrow()).toArray();
        return ClassificationScore.of(expected, predictions.classes(), labels.size());
    }
}
