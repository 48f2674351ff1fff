package dev.lora4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.data.RowOrigin;
import dev.lora4j.evaluation.LanguageModelScore;
import dev.lora4j.evaluation.SequencePredictions;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Losses, accuracies and class logits over data against what transformers and PEFT computed. */
class EvaluationGoldenTest {
    private static final RowOrigin ORIGIN = new RowOrigin("golden.json", 1);

    private static Dataset causal(Golden golden) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            JsonNode labels = golden.json.path("sequences").path(i).path("labels");
            BitSet trained = new BitSet();
            for (int t = 0; t < labels.size(); t++) {
                trained.set(t, labels.get(t).asInt() != -100);
            }
            examples.add(Example.causal(golden.ids(i), trained, ORIGIN));
        }
        return Dataset.of(examples);
    }

    /** Counts in the logits of transformers how often the best one is the label. */
    private static double accuracy(Golden golden, String prefix) {
        int right = 0;
        for (int i = 0; i < 2; i++) {
            JsonNode labels = golden.json.path("sequences").path(i).path("labels");
            long[] best = golden.tensor(prefix + "logits." + i).argmax().toLongs();
            for (int t = 1; t < labels.size(); t++) {
                right += best[t - 1] == labels.get(t).asInt() ? 1 : 0;
            }
        }
        return (double) right / golden.json.path("labelled_tokens").asInt();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen2", "gemma3", "gemma3-softcap"})
    void theLossIsTransformersInBatchesOfAnySize(String name) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name);
                LanguageModel model = golden.model();
                Adapter adapter = AdapterFolder.read(golden.folder.resolve("adapter"), model)) {
            Dataset data = causal(golden);
            for (int tokens : new int[] {1, 4096}) {
                LanguageModelScore base = LanguageModelScore.of(model, Optional.empty(), data, tokens);
                assertThat(base.loss()).isCloseTo(golden.json.path("loss").asDouble(), within(1e-5));
                assertThat(base.perplexity())
                        .isCloseTo(Math.exp(golden.json.path("loss").asDouble()), within(2e-3));
                assertThat(base.tokens())
                        .isEqualTo(golden.json.path("labelled_tokens").asLong());
                assertThat(base.examples()).isEqualTo(2);
                assertThat(base.accuracy()).isEqualTo(accuracy(golden, ""));
                LanguageModelScore adapted = LanguageModelScore.of(model, Optional.of(adapter), data, tokens);
                assertThat(adapted.loss())
                        .isCloseTo(golden.json.path("adapter").path("loss").asDouble(), within(1e-5));
                assertThat(adapted.accuracy()).isEqualTo(accuracy(golden, "adapter."));
            }
        }
    }

    /** The model's own greedy tokens are foreseen, all of them. */
    @Test
    void theModelsOwnTokensAreForeseen() {
        try (Golden golden = Golden.of("llama");
                LanguageModel model = golden.model()) {
            int[] prompt = Golden.integers(golden.json.path("greedy").path("prompt"));
            int[] tokens = Golden.integers(golden.json.path("greedy").path("tokens"));
            int[] whole = Arrays.copyOf(prompt, prompt.length + tokens.length);
            System.arraycopy(tokens, 0, whole, prompt.length, tokens.length);
            BitSet trained = new BitSet();
            trained.set(prompt.length, whole.length);
            Dataset data = Dataset.of(List.of(Example.causal(whole, trained, ORIGIN)));
            assertThat(LanguageModelScore.of(model, Optional.empty(), data).accuracy())
                    .isEqualTo(1);
        }
    }

    @Test
    void examplesThatDoNotFitOrHaveNothingToLearnAreRefused() {
        try (Golden golden = Golden.of("llama");
                LanguageModel model = golden.model()) {
            BitSet trained = new BitSet();
            trained.set(1);
            Dataset tooLong = Dataset.of(List.of(Example.causal(new int[65], trained, ORIGIN)));
            assertThatThrownBy(() -> LanguageModelScore.of(model, Optional.empty(), tooLong))
                    .isInstanceOf(Lora4jException.class)
                    .hasMessageStartingWith("golden.json:1: has 65 tokens, the model takes 64");
            Dataset labelled = Dataset.of(List.of(Example.classification(new int[] {1}, new int[] {}, 0, ORIGIN)));
            assertThatThrownBy(() -> LanguageModelScore.of(model, Optional.empty(), labelled))
                    .isInstanceOf(Lora4jException.class)
                    .hasMessageContaining("no tokens to be learned");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lora4j.golden.Golden#sequenceCases")
    void classLogitsAreTransformersAndPefts(String name) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name);
                LanguageModel model = golden.model(ModelTask.SEQ_CLS);
                Adapter adapter = AdapterFolder.read(golden.folder.resolve("adapter"), model)) {
            List<Example> examples = new ArrayList<>();
            for (JsonNode each : golden.json.path("examples")) {
                examples.add(
                        Example.classification(Golden.integers(each.path("input_ids")), Golden.types(each), 0, ORIGIN));
            }
            for (int tokens : new int[] {10, 4096}) {
                assertLogits(golden, "logits", SequencePredictions.of(model, Optional.empty(), examples, tokens));
                assertLogits(
                        golden,
                        "adapter.logits",
                        SequencePredictions.of(model, Optional.of(adapter), examples, tokens));
            }
        }
    }

    private static void assertLogits(Golden golden, String tensor, SequencePredictions predictions) {
        for (int i = 0; i < 3; i++) {
            double[] expected = golden.tensor(tensor).rows(i, i + 1).toDoubles();
            float[] found = predictions.logits().get(i);
            assertThat(found).hasSize(expected.length);
            double sum = 0;
            for (double logit : expected) {
                sum += Math.exp(logit);
            }
            for (int j = 0; j < expected.length; j++) {
                assertThat((double) found[j]).isCloseTo(expected[j], within(1e-5));
                assertThat(predictions.probabilities(i)[j]).isCloseTo(Math.exp(expected[j]) / sum, within(1e-5));
            }
            assertThat(predictions.scores()[i]).isCloseTo(expected[0], within(1e-5));
            long best = golden.tensor(tensor).rows(i, i + 1).argmax().toLongs()[0];
            assertThat(predictions.classes()[i]).isEqualTo((int) best);
        }
    }

    @Test
    void anEncoderWithoutAHeadIsRefused() {
        try (Golden golden = Golden.of("bert");
                LanguageModel model = golden.model(ModelTask.SEQ_CLS)) {
            assertThatThrownBy(() -> SequencePredictions.of(model, Optional.empty(), List.of(), 10))
                    .isInstanceOf(Lora4jException.class)
                    .hasMessageContaining("neither the model nor the adapter has a \"classifier\"");
        }
    }
}
