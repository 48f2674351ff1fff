package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.evaluation.ExactMatch;
import dev.lora4j.evaluation.Question;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.report.HtmlReport;
import dev.lora4j.training.TrainingTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What a language model answers to a few rows without and with a trained adapter, for the report. */
final class AnswerSamples {
    private static final int ROWS = 3;
    private static final int LONGEST_ANSWER = 64;
    private static final int LONGEST_PROMPT = 512;

    private final LanguageModel model;
    private final Tokenizer tokenizer;

    AnswerSamples(LanguageModel model, Tokenizer tokenizer) {
        this.model = model;
        this.tokenizer = tokenizer;
    }

    /** Adds the answers to a report; nothing where the model does not write texts. */
    void addTo(HtmlReport report, TrainingTask task) {
        List<Question> questions = model.task() == ModelTask.CAUSAL_LM ? questions(task) : List.of();
        if (questions.isEmpty()) {
            return;
        }
        List<String> columns = new ArrayList<>(List.of("Given", "Expected"));
        List<List<ExactMatch.Answer>> found = new ArrayList<>();
        if (!task.adapter().isFull()) { // the base that was trained whole is no more what it was
            columns.add("Base");
            found.add(answers(Optional.empty(), questions));
        }
        columns.add(task.adapter().isFull() ? "Trained" : "With the adapter");
        found.add(answers(Optional.of(task), questions));
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            List<String> row = new ArrayList<>();
            row.add(tokenizer.decode(questions.get(i).prompt(), true));
            row.add(found.get(0).get(i).expected());
            for (List<ExactMatch.Answer> answers : found) {
                row.add(answers.get(i).found());
            }
            rows.add(row);
        }
        report.table("Samples", columns, rows);
    }

    private List<ExactMatch.Answer> answers(Optional<TrainingTask> adapted, List<Question> questions) {
        return ExactMatch.of(model, adapted.map(TrainingTask::adapter), tokenizer, questions, LONGEST_ANSWER)
                .answers();
    }

    private List<Question> questions(TrainingTask task) {
        Dataset rows = task.validation().orElse(task.training());
        return IntStream.range(0, rows.size())
                .mapToObj(rows::get)
                .filter(row -> row.length() > 2 && row.length() <= LONGEST_PROMPT)
                .limit(ROWS)
                .map(this::question)
                .toList();
    }

    /** The row's own answer, or the second half of a plain text. */
    private Question question(Example row) {
        Question question = Question.of(row, tokenizer);
        if (question.prompt().length > 1) {
            return question;
        }
        int half = row.length() / 2;
        int[] tokens = row.tokens();
        return new Question(
                Arrays.copyOf(tokens, half), tokenizer.decode(Arrays.copyOfRange(tokens, half, tokens.length), true));
    }
}
