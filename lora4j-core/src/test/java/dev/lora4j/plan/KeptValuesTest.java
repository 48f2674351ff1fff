package dev.lora4j.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.formats.ModelFiles;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.LayerFilter;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.lora.Targets;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a plan says that a tape keeps, against what tapes of real passes keep, to the byte. */
class KeptValuesTest {
    private static final int ROWS = 2;
    private static final int SHORT = 3;
    private static final int LONG = 5;

    private static final LoraConfig USUAL = LoraConfig.rank(3);
    private static final LoraConfig EVERYWHERE =
            USUAL.targets(Targets.named("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama",
                "llama-tied",
                "qwen2",
                "qwen3",
                "gemma",
                "gemma3",
                "gpt2",
                "bert",
                "roberta",
                "distilbert"
            })
    void theUsualTargetsKeepWhatThePlanSays(String name) {
        assertKept(name, USUAL, false);
        assertKept(name, USUAL, true);
        assertKept(name, USUAL.dropout(0.1), false);
        assertKept(name, USUAL.layers(new LayerFilter(List.of(1), List.of())), false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen2", "qwen3", "gemma", "gemma3"})
    void everyLayerOfADecoderKeepsWhatThePlanSays(String name) {
        assertKept(name, EVERYWHERE, false);
        assertKept(name, EVERYWHERE.dropout(0.1), false);
        for (String target : List.of("k_proj", "o_proj", "gate_proj", "down_proj")) {
            assertKept(name, USUAL.targets(target), false);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "bert", "roberta", "distilbert"})
    void everyLayerOfTheOthersKeepsWhatThePlanSays(String name) {
        LoraConfig all = name.equals("gpt2")
                ? USUAL.targets("c_attn", "attn.c_proj", "c_fc", "mlp.c_proj")
                : name.equals("distilbert")
                        ? USUAL.targets("q_lin", "k_lin", "v_lin", "out_lin", "lin1", "lin2")
                        : USUAL.targets("query", "key", "value", "dense");
        assertKept(
                name,
                name.contains("bert") && !name.equals("distilbert")
                        ? all.excluding(Targets.named("pooler.dense"))
                        : all,
                false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama-tied", "qwen2", "gpt2", "bert", "roberta", "distilbert"})
    void fullTrainingKeepsWhatThePlanSays(String name) {
        try (ModelFiles files = SmallModels.files(name);
                LanguageModel model = LanguageModel.load(files);
                Adapter adapter = Adapter.full(model)) {
            assertThat(kept(model, adapter, LONG, false) - kept(model, adapter, SHORT, false))
                    .isEqualTo(planned(model, PlanMethod.FULL, USUAL, LONG, false)
                            - planned(model, PlanMethod.FULL, USUAL, SHORT, false));
        }
    }

    /** The weights that operations keep are the same for both lengths and fall out of the difference. */
    private static void assertKept(String name, LoraConfig config, boolean recompute) {
        try (ModelFiles files = SmallModels.files(name);
                LanguageModel model = LanguageModel.load(files);
                Adapter adapter = Adapter.create(model, config, 1)) {
            assertThat(kept(model, adapter, LONG, recompute) - kept(model, adapter, SHORT, recompute))
                    .as("%s, %s, dropout %s, recompute %s", name, config.targets(), config.dropout(), recompute)
                    .isEqualTo(planned(model, PlanMethod.LORA, config, LONG, recompute)
                            - planned(model, PlanMethod.LORA, config, SHORT, recompute))
                    .isPositive();
        }
    }

    private static long planned(LanguageModel model, PlanMethod method, LoraConfig config, int length, boolean again) {
        PlanSettings settings = SmallModels.settings(method, config, SmallModels.batch(ROWS, length, again));
        ModelShape shape = ModelShape.of(model);
        Tracking tracking = Tracking.of(settings, TrainedValues.of(shape, settings));
        return Float.BYTES
                * new KeptValues(shape, tracking, settings.batch()).count().values();
    }

    private static long kept(LanguageModel model, Adapter adapter, int length, boolean recompute) {
        List<int[]> ids = new ArrayList<>();
        List<int[]> types = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            int[] row = new int[length];
            Arrays.fill(row, 5 + i);
            ids.add(row);
            types.add(new int[length]);
        }
        TokenBatch batch = TokenBatch.of(ids, types);
        AdapterRouting routing = AdapterRouting.of(
                List.of(new AdapterRouting.Run(0, (long) ROWS * length, adapter, OptionalLong.of(9))));
        try (Scope scope = Scope.open();
                Tape tape = Tape.recording(adapter.tensors().values())) {
            assertThat(scope).isNotNull();
            if (recompute) {
                model.hiddenWithRecompute(batch, routing, tape);
            } else {
                model.hidden(batch, routing, tape);
            }
            return tape.keptBytes();
        }
    }
}
