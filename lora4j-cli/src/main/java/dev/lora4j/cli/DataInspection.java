package dev.lora4j.cli;

import dev.lora4j.data.DataReport;
import dev.lora4j.data.Dataset;
import dev.lora4j.data.MaskView;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.model.LanguageModel;
import java.nio.file.Path;
import java.util.List;

/** What a model would learn from a data file: counts, and the first rows with what is learned of them. */
final class DataInspection {
    private DataInspection() {}

    static Inspection of(Console console, String modelName, Path file, DataOptions options, int shown) {
        try (ModelFiles files = ModelOption.open(modelName);
                Tokenizer tokenizer = Tokenizer.of(files)) {
            DataTask task = DataTask.usual(files);
            try (LanguageModel outline = LanguageModel.outline(files, task.modelTask())) {
                Rows rows = Rows.of(options, task, outline, tokenizer, Rows.labels(options, task, file));
                Dataset dataset = rows.read(file);
                MaskView view = MaskView.of(
                        tokenizer,
                        console.terminals().out() && console.terminals().colour());
                if (shown > 0) {
                    console.line(view.legend());
                }
                dataset.examples().stream().limit(shown).forEach(example -> console.line(view.render(example)));
                return new Inspection(facts(file, dataset), List.of());
            }
        }
    }

    private static Facts facts(Path file, Dataset dataset) {
        DataReport report = dataset.report();
        Facts facts = new Facts()
                .text("path", file.toString())
                .text("kind", "data file")
                .count("rows", report.read())
                .count("used", report.used())
                .count("bad", report.bad())
                .count("too long", report.tooLong())
                .count("truncated", report.truncated())
                .count("tokens", report.tokens())
                .count("learned tokens", report.trainedTokens())
                .count("longest", report.longest());
        for (int i = 0; i < report.problems().size(); i++) {
            facts.text("problem " + (i + 1), report.problems().get(i));
        }
        return facts;
    }
}
