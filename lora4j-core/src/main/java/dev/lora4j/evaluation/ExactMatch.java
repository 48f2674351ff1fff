package dev.lora4j.evaluation;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.generation.Generation;
import dev.lora4j.generation.GenerationBatch;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Prompt;
import dev.lora4j.generation.TextListener;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.VirtualTokens;
import dev.lora4j.model.LanguageModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How often a model's own greedy answer is the expected one, apart from white space around it.
 *
 * @param answers in the order of the questions
 */
public record ExactMatch(List<Answer> answers) {
    /** Sequences that advance together. */
    private static final int TOGETHER = 16;

    /** Copies the list. */
    public ExactMatch {
        answers = List.copyOf(answers);
    }

    /** What was expected and what the model said. */
    public record Answer(String expected, String found) {
        /** True if they are equal apart from white space around them. */
        public boolean isRight() {
            return expected.strip().equals(found.strip());
        }
    }

    /** Number of right answers. */
    public long right() {
        return answers.stream().filter(Answer::isRight).count();
    }

    /** Share of right answers. */
    public double accuracy() {
        return answers.isEmpty() ? 0 : (double) right() / answers.size();
    }

    /**
     * Asks a model.
     *
     * @param maxNewTokens of each answer; fewer where the model has no room for more
     */
    public static ExactMatch of(
            LanguageModel model,
            Optional<Adapter> adapter,
            Tokenizer tokenizer,
            List<Question> questions,
            int maxNewTokens) {
        Map<Integer, String> found = new HashMap<>();
        int asked = 0;
        int virtual =
                adapter.map(Adapter::virtualTokens).orElse(VirtualTokens.NONE).count();
        try (GenerationBatch batch = GenerationBatch.of(model)) {
            while (asked < questions.size() || !batch.isEmpty()) {
                while (asked < questions.size() && batch.size() < TOGETHER) {
                    int[] prompt = questions.get(asked++).prompt();
                    int room = Math.max(1, Math.min(maxNewTokens, model.maxPositions() - prompt.length - virtual));
                    batch.add(
                            new Prompt(prompt, adapter), GenerationSettings.greedy(room), tokenizer, TextListener.NONE);
                }
                batch.step().forEach(ended -> found.put(ended.number(), text(ended.generation())));
            }
        }
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            answers.add(new Answer(questions.get(i).reference(), found.getOrDefault(i, "")));
        }
        return new ExactMatch(answers);
    }

    private static String text(Generation generation) {
        generation.failure().ifPresent(failure -> {
            throw failure;
        });
        return generation.text();
    }
}
