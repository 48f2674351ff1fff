package dev.lora4j.tasks;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.evaluation.Question;
import dev.lora4j.generation.BeamSearch;
import dev.lora4j.generation.BeamSettings;
import dev.lora4j.generation.BeamText;
import dev.lora4j.generation.Prompt;
import dev.lora4j.lora.Adapter;
import dev.lora4j.model.LanguageModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Lets a model answer the inputs of a task by beam search, many of them in a batch; one beam is the greedy answer.
 *
 * <p>Of what it writes the first line that is not empty counts, as answers are one line and people's have no line break.
 * Borrows model, adapter and tokenizer; confined to one thread.
 */
public final class TextAnswers {
    /** Beams of all inputs of a batch together. */
    private static final int TOGETHER = 64;

    private final LanguageModel model;
    private final Optional<Adapter> adapter;
    private final Tokenizer tokenizer;
    private final BeamSettings settings;

    /**
     * Nothing asked yet.
     *
     * @param settings to whose stop tokens the tokenizer's are added
     */
    public TextAnswers(LanguageModel model, Optional<Adapter> adapter, Tokenizer tokenizer, BeamSettings settings) {
        this.model = model;
        this.adapter = adapter;
        this.tokenizer = tokenizer;
        this.settings = settings.withStops(tokenizer.stopIds());
    }

    /**
     * Asks. An answer has fewer tokens than is allowed where the model has no room for more.
     *
     * @param answered is told after each batch how many have an answer
     * @return an answer for each input, in their order
     * @throws dev.lora4j.generation.GenerationException if the model has no room for an input and a token
     */
    public List<String> of(PromptRows rows, IntConsumer answered) {
        int atOnce = Math.max(1, TOGETHER / settings.width());
        List<String> answers = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += atOnce) {
            List<Question> some = rows.questions().subList(from, Math.min(rows.size(), from + atOnce));
            List<Prompt> prompts = some.stream()
                    .map(question -> new Prompt(question.prompt(), adapter))
                    .toList();
            BeamSearch.of(model, search(prompts)).run(prompts).forEach(texts -> answers.add(line(texts)));
            answered.accept(answers.size());
        }
        return answers;
    }

    private BeamSettings search(List<Prompt> prompts) {
        int longest = prompts.stream().mapToInt(Prompt::positions).max().orElse(0);
        int room = Math.max(1, Math.min(settings.maxNewTokens(), model.maxPositions() - longest));
        return settings.withMaxNewTokens(room);
    }

    /** @param texts those of an input, the best first; none where every beam ran into a run that may not occur again */
    private String line(List<BeamText> texts) {
        if (texts.isEmpty()) {
            return "";
        }
        return tokenizer
                .decode(texts.get(0).withoutStop(), true)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse("");
    }
}
