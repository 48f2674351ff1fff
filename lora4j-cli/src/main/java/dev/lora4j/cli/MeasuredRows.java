package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.lora.Adapter;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tasks.Answers;
import dev.lora4j.tasks.GlueRows;
import dev.lora4j.tasks.PromptRows;
import dev.lora4j.tasks.TaskScores;
import dev.lora4j.tasks.TextAnswers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a published task measures a model on, in {@code evaluate} and in each cell of an experiment. */
sealed interface MeasuredRows {
    /** How many rows, or inputs. */
    int size();

    /** What tells their content from another, by names for people. */
    Map<String, String> digests();

    /**
     * Some of them, chosen by the seed; of several files so many of each.
     *
     * @param rows at most
     */
    MeasuredRows sample(int rows, long seed);

    /** Says on the side what of the files was not used. */
    void tell(Console console);

    /** How much there is, as facts. */
    Facts counted();

    /**
     * Measures.
     *
     * @param options how answers are looked for where they are texts
     */
    Scored score(LanguageModel model, Optional<Adapter> adapter, AnswerOptions options, ProgressLine progress);

    /**
     * What came of it.
     *
     * @param answers a table of the texts, where they are some
     */
    record Scored(TaskScores scores, Optional<String> answers) {}

    /**
     * Rows of GLUE.
     *
     * @param data the task's folder
     */
    record OfGlue(GlueRows rows, Path data) implements MeasuredRows {
        @Override
        public int size() {
            return rows.size();
        }

        @Override
        public Map<String, String> digests() {
            Map<String, String> digests = new LinkedHashMap<>();
            rows.parts().forEach((part, each) -> digests.put(name(part), each.digest()));
            return digests;
        }

        @Override
        public MeasuredRows sample(int most, long seed) {
            return new OfGlue(rows.sample(most, seed), data);
        }

        @Override
        public void tell(Console console) {
            rows.task()
                    .developmentFiles(data)
                    .forEach((part, file) -> Optional.ofNullable(rows.parts().get(part))
                            .ifPresent(each -> Rows.tell(console, file, each.report())));
        }

        @Override
        public Facts counted() {
            return new Facts().count("rows", size());
        }

        private static String name(String part) {
            return part.isEmpty() ? "dev-digest" : "dev-digest-" + part;
        }

        @Override
        public Scored score(
                LanguageModel model, Optional<Adapter> adapter, AnswerOptions options, ProgressLine progress) {
            return new Scored(rows.score(model, adapter), Optional.empty());
        }
    }

    /**
     * Inputs that are answered by texts.
     *
     * @param data the task's folder
     */
    record OfTexts(TextTask task, Path data, PromptRows rows, Tokenizer tokenizer) implements MeasuredRows {
        @Override
        public int size() {
            return rows.size();
        }

        @Override
        public Map<String, String> digests() {
            return Map.of("dev-digest", rows.digest());
        }

        @Override
        public MeasuredRows sample(int most, long seed) {
            return new OfTexts(task, data, rows.sample(most, seed), tokenizer);
        }

        /** Nothing: an input that cannot be used is an error. */
        @Override
        public void tell(Console console) {}

        @Override
        public Facts counted() {
            return TextTask.counted(rows.prompts());
        }

        @Override
        public Scored score(
                LanguageModel model, Optional<Adapter> adapter, AnswerOptions options, ProgressLine progress) {
            TextAnswers answers = new TextAnswers(model, adapter, tokenizer, options.search());
            List<String> texts = answers.of(rows, done -> progress.advance("answers", done, size(), ""));
            return new Scored(
                    task.score(data, rows.prompts(), texts), Optional.of(Answers.table(rows.prompts(), texts)));
        }
    }

    /** The rows to learn from and those to measure on. */
    record Both(Dataset training, MeasuredRows development) {}
}
