package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.LabelSet;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.evaluation.text.Segment;
import dev.lora4j.evaluation.text.TextMetric;
import dev.lora4j.tasks.Answers;
import dev.lora4j.tasks.Dart;
import dev.lora4j.tasks.PromptRows;
import dev.lora4j.tasks.SamSum;
import dev.lora4j.tasks.TaskScores;
import dev.lora4j.tasks.TextPrompt;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A task whose answers are texts, scored against what people wrote. */
non-sealed interface TextTask extends PublishedTask {
    /** All of them; a new one is named here. */
    static List<TextTask> all() {
        return List.of(new E2eTask(), new WikiSqlTask(), new WebNlgTask(), dart(), samSum());
    }

    /** Facts of many sources in words, scored against several references. */
    private static TextTask dart() {
        return new MetricTask("DART", Dart.metrics(), Dart::trainingFile, Dart::validationFile, Dart::rows, Dart::test);
    }

    /** Chats in a sentence or two. */
    private static TextTask samSum() {
        return new MetricTask(
                "SAMSum", SamSum.metrics(), SamSum::trainingFile, SamSum::validationFile, SamSum::rows, SamSum::test);
    }

    /** How users name the tasks. */
    static List<String> keys() {
        return all().stream().map(TextTask::key).toList();
    }

    /** The inputs that a model is asked, each once, with all that people wrote for it in the form that is learned. */
    List<TextPrompt> test(Path data);

    /** The inputs that published answers are to, with what these are compared with. */
    default List<TextPrompt> published(Path data) {
        return test(data);
    }

    /**
     * The scores of answers.
     *
     * @param data with the task's test file
     * @param prompts some of the test's
     * @param answers one of each prompt
     */
    TaskScores score(Path data, List<TextPrompt> prompts, List<String> answers);

    @Override
    default DataTask kind() {
        return DataTask.CAUSAL;
    }

    @Override
    default Optional<LabelSet> labels() {
        return Optional.empty();
    }

    @Override
    default ExampleEncoder encoder(Tokenizer tokenizer, EncodingSettings settings) {
        return ExampleEncoder.causal(tokenizer, settings);
    }

    /** {@inheritDoc} Each is a text to learn after its input. */
    @Override
    Dataset rows(Path file, Tokenizer tokenizer, ExampleEncoder encoder, RowPolicy badRows);

    @Override
    default MeasuredRows measured(Path data, Tokenizer tokenizer, EncodingSettings settings, RowPolicy badRows) {
        return new MeasuredRows.OfTexts(
                this, data, PromptRows.of(test(data), tokenizer, settings.maxLength()), tokenizer);
    }

    /** The scores of a file of published answers, as facts. */
    default Facts scored(Path data, Path answers) {
        List<TextPrompt> prompts = published(data);
        List<String> texts =
                Answers.read(answers, prompts).stream().map(Segment::candidate).toList();
        Facts facts = counted(prompts);
        score(data, prompts, texts).values().forEach(facts::number);
        return facts;
    }

    /** How many inputs there are, and how many references where some have several. */
    static Facts counted(List<TextPrompt> prompts) {
        Facts facts = new Facts().count("texts", prompts.size());
        long references =
                prompts.stream().mapToLong(each -> each.references().size()).sum();
        return references > prompts.size() ? facts.count("references", references) : facts;
    }

    /** Answers beside the references of their prompts. */
    static List<Segment> segments(List<TextPrompt> prompts, List<String> answers) {
        return IntStream.range(0, prompts.size())
                .mapToObj(i -> prompts.get(i).answeredBy(answers.get(i)))
                .toList();
    }

    /** What metrics are called. */
    static List<String> names(List<TextMetric> metrics) {
        return metrics.stream().map(TextMetric::name).toList();
    }
}
