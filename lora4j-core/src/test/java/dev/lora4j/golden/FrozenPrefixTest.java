package dev.lora4j.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.LayerFilter;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.lora.Targets;
import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.FrozenPrefix;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A pass in two parts, below and above the first adapted block, in every family. */
class FrozenPrefixTest {
    private static final Pattern LAYER = Pattern.compile("\\.(?:layers?|h)\\.(\\d+)\\.");

    /** Modules before the first layer, and those of DeBERTa that all layers, or the first, read. */
    private static final Pattern BEFORE =
            Pattern.compile(".*(?:embed|\\.wte|\\.wpe|encoder\\.conv\\.|encoder\\.LayerNorm).*");

    static Stream<String> cases() {
        return Stream.of(Golden.causalCases(), Golden.sequenceCases()).flatMap(List::stream);
    }

    private static LanguageModel model(Golden golden, String name) {
        return golden.model(Golden.causalCases().contains(name) ? ModelTask.CAUSAL_LM : ModelTask.SEQ_CLS);
    }

    private static TokenBatch batch(Golden golden, String name) {
        return Golden.causalCases().contains(name)
                ? TokenBatch.of(List.of(golden.ids(0), golden.ids(1)))
                : golden.examples();
    }

    private static Tensor inTwoParts(LanguageModel model, TokenBatch batch, int blocks, Routing routing) {
        FrozenPrefix below = new FrozenPrefix(blocks, model.hiddenBelow(batch, blocks));
        return model.hiddenAbove(below, batch, routing, Tape.inference());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aPassInTwoPartsGivesTheBitsOfOne(String name) {
        LoraConfig config = LoraConfig.rank(2)
                .targets(Targets.expression("all-linear"))
                .layers(new LayerFilter(List.of(1), List.of()));
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name);
                LanguageModel model = model(golden, name);
                Adapter adapter = Adapter.create(model, config, 3)) {
            // B is zero in a fresh adapter, which would change nothing
            adapter.tensors().values().forEach(tensor -> tensor.addInPlace(0.1));
            TokenBatch batch = batch(golden, name);
            AdapterRouting routing =
                    AdapterRouting.of(adapter, batch.sequences().tokens());
            Tensor base = model.hidden(batch, Routing.NONE, Tape.inference());
            Tensor adapted = model.hidden(batch, routing, Tape.inference());
            assertThat(adapted.sameBits(base)).isFalse();
            assertThat(model.blocksBelow(adapter::changes)).isEqualTo(1);
            assertThat(inTwoParts(model, batch, 1, routing).sameBits(adapted)).isTrue();
            for (int blocks = 1; blocks <= model.blocksBelow(path -> false); blocks++) {
                assertThat(inTwoParts(model, batch, blocks, Routing.NONE).sameBits(base))
                        .as("%d blocks", blocks)
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aChangedModuleEndsThePrefixAtItsOwnBlock(String name) {
        try (Golden golden = Golden.of(name);
                LanguageModel model = model(golden, name)) {
            int layers = model.blocksBelow(path -> false);
            assertThat(layers)
                    .isEqualTo(model.config().path("num_hidden_layers").asInt(layersOfOthers(model)));
            for (AdaptableModule module : model.modules()) {
                String path = module.path();
                assertThat(model.blocksBelow(path::equals)).as(path).isEqualTo(block(path, layers));
            }
        }
    }

    private static int layersOfOthers(LanguageModel model) {
        return model.config()
                .path("n_layer")
                .asInt(model.config().path("n_layers").asInt());
    }

    private static int block(String path, int layers) {
        Matcher matcher = LAYER.matcher(path);
        if (matcher.find()) {
            return Integer.parseInt(matcher.group(1));
        }
        return BEFORE.matcher(path).matches() ? 0 : layers;
    }
}
