package dev.lora4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.generation.GenerationBatch;
import dev.lora4j.generation.GenerationException;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Prompt;
import dev.lora4j.generation.PromptScoring;
import dev.lora4j.generation.ScoreShifts;
import dev.lora4j.generation.SequenceListener;
import dev.lora4j.generation.TokenScores;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Logarithms of probabilities against those of transformers' and PEFT's logits; both are in float32. */
class LikelihoodGoldenTest {
    private static final double TOLERANCE = 2e-5; // twice that of a logit, see DecoderGoldenTest
    private static final int[] PROMPT = {32, 11, 55, 26, 53, 15, 46};

    private final Golden golden = Golden.of("llama");
    private final LanguageModel model = golden.model();
    private final Tokenizer tokenizer = LetterTokenizer.ending("</s>");
    private final List<Integer> heard = new ArrayList<>();
    private final List<TokenScores> scores = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();

    @AfterEach
    void close() {
        tokenizer.close();
        model.close();
        golden.close();
    }

    /** log softmax of a row of golden logits. */
    private double[] logprobs(String name, int row) {
        try (Scope scope = Scope.open()) {
            Tensor logits = golden.tensor(name);
            double[] values = logits.rows(row, row + 1).toDoubles();
            double sum = Arrays.stream(values).map(Math::exp).sum();
            return Arrays.stream(values).map(value -> value - Math.log(sum)).toArray();
        }
    }

    private void assertScores(List<TokenScores> found, int[] prompt, String name) {
        assertThat(found).hasSize(prompt.length - 1);
        for (int row = 0; row < found.size(); row++) {
            double[] expected = logprobs(name, row);
            TokenScores token = found.get(row);
            assertThat(token.token().id()).isEqualTo(prompt[row + 1]);
            assertThat(token.token().logprob()).isCloseTo(expected[prompt[row + 1]], within(TOLERANCE));
            double best = Arrays.stream(expected).max().orElseThrow();
            assertThat(token.likeliest()).hasSize(3);
            assertThat(token.likeliest().get(0).logprob()).isCloseTo(best, within(TOLERANCE));
            assertThat(expected[token.likeliest().get(0).id()]).isCloseTo(best, within(TOLERANCE));
        }
    }

    @Test
    void thoseOfAPromptsTokensAreTransformersAndPefts() {
        try (Adapter adapter = AdapterFolder.read(golden.folder.resolve("adapter"), model);
                PromptScoring base = PromptScoring.of(model, Prompt.of(golden.ids(0)), 3);
                PromptScoring adapted =
                        PromptScoring.of(model, Prompt.of(golden.ids(0)).with(adapter), 3)) {
            assertThat(base.step()).isTrue();
            assertThat(adapted.step()).isTrue();
            assertScores(base.scores(), golden.ids(0), "logits.0");
            assertScores(adapted.scores(), golden.ids(0), "adapter.logits.0");
        }
    }

    @Test
    void aPromptOfOneTokenHasNoScores() {
        try (PromptScoring scoring = PromptScoring.of(model, Prompt.of(5), 3)) {
            assertThat(scoring.step()).isTrue();
            assertThat(scoring.scores()).isEmpty();
        }
    }

    @Test
    void aPromptThatDoesNotFitIsRefused() {
        Assertions.assertThatThrownBy(() -> PromptScoring.of(model, Prompt.of(new int[model.maxPositions() + 1]), 1))
                .isInstanceOf(GenerationException.class)
                .hasMessageContaining("shorten the prompt");
    }

    private void generate(GenerationSettings settings, OptionalInt likeliest) {
        try (GenerationBatch batch = GenerationBatch.of(model)) {
            batch.add(Prompt.of(PROMPT), settings, tokenizer, new SequenceListener() {
                @Override
                public OptionalInt likeliest() {
                    return likeliest;
                }

                @Override
                public boolean token(int id, Optional<TokenScores> likelihood, String piece) {
                    heard.add(id);
                    likelihood.ifPresent(scores::add);
                    text.append(piece);
                    return true;
                }

                @Override
                public void rest(String piece) {
                    text.append(piece);
                }
            });
            while (!batch.isEmpty()) {
                batch.step();
            }
        }
    }

    @Test
    void eachNewTokenComesWithItsOwn() {
        generate(GenerationSettings.greedy(3), OptionalInt.of(2));
        assertThat(heard).containsExactly(17, 73, 47);
        assertThat(scores).extracting(each -> each.token().id()).containsExactly(17, 73, 47);
        assertThat(scores.get(0).token().logprob()).isCloseTo(logprobs("logits.1", 6)[17], within(TOLERANCE));
        assertThat(scores.get(0).likeliest())
                .hasSize(2)
                .first()
                .isEqualTo(scores.get(0).token());
        assertThat(text).hasToString("/é");
    }

    @Test
    void theyAreThoseOfTheModelWhateverTheSettingsDo() {
        GenerationSettings forbidden =
                GenerationSettings.greedy(1).withShifts(new ScoreShifts(0, 0, Map.of(17, -100.0)));
        generate(forbidden, OptionalInt.of(1));
        assertThat(heard).hasSize(1).doesNotContain(17);
        assertThat(scores.get(0).likeliest().get(0).id()).isEqualTo(17);
        assertThat(scores.get(0).token().logprob()).isCloseTo(logprobs("logits.1", 6)[heard.get(0)], within(TOLERANCE));
    }

    @Test
    void aStrongPresencePenaltyLetsNoTokenComeTwice() {
        generate(GenerationSettings.greedy(12), OptionalInt.empty());
        assertThat(heard).containsExactly(17, 73, 47, 1, 66, 90, 37, 77, 66, 91, 66, 69); // 66 three times
        heard.clear();
        generate(GenerationSettings.greedy(12).withShifts(new ScoreShifts(100, 0, Map.of())), OptionalInt.empty());
        assertThat(heard).startsWith(17, 73, 47, 1, 66, 90, 37, 77).doesNotHaveDuplicates();
        assertThat(scores).isEmpty();
    }
}
