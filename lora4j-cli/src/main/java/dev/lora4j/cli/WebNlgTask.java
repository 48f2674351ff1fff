package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.evaluation.text.Segment;
import dev.lora4j.tasks.TaskScores;
import dev.lora4j.tasks.TextPrompt;
import dev.lora4j.tasks.WebNlg;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Facts of DBpedia in words, scored over all inputs and those of seen and unseen categories. */
record WebNlgTask() implements TextTask {
    private static final List<WebNlg.Part> PARTS = List.of(WebNlg.Part.UNSEEN, WebNlg.Part.SEEN, WebNlg.Part.ALL);

    @Override
    public String title() {
        return "WebNLG";
    }

    @Override
    public List<String> scores() {
        return WebNlg.scores();
    }

    /** In the order of the LoRA paper's table of WebNLG: each metric over the unseen, the seen and all. */
    @Override
    public List<String> columns() {
        return WebNlg.metrics().stream()
                .flatMap(metric -> PARTS.stream().map(part -> part.score(metric)))
                .toList();
    }

    @Override
    public Path trainingFile(Path data) {
        return WebNlg.trainingFile(data);
    }

    @Override
    public Path validationFile(Path data) {
        return WebNlg.validationFile(data);
    }

    @Override
    public Dataset rows(Path file, Tokenizer tokenizer, ExampleEncoder encoder, RowPolicy badRows) {
        return WebNlg.rows(file, tokenizer, encoder, badRows);
    }

    @Override
    public List<TextPrompt> test(Path data) {
        return WebNlg.test(data);
    }

    @Override
    public TaskScores score(Path data, List<TextPrompt> prompts, List<String> answers) {
        Map<String, Segment> segments = new LinkedHashMap<>();
        for (int i = 0; i < prompts.size(); i++) {
            segments.put(prompts.get(i).prompt(), prompts.get(i).answeredBy(answers.get(i)));
        }
        return WebNlg.score(WebNlg.testFile(data), segments);
    }
}
