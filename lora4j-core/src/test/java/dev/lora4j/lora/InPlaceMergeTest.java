package dev.lora4j.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Linear;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.Random;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InPlaceMergeTest {
    private static final int[] TOKENS = {64, 95, 68, 57, 23, 49};

    private final List<Adapter> adapters = new ArrayList<>();
    private Scope scope;
    private LanguageModel base;
    private InPlaceMerge merge;

    @BeforeEach
    void open() {
        scope = Scope.open();
        base = SmallModel.open();
        adapters.add(adapter(LoraConfig.rank(4).alpha(8).targets("q_proj", "v_proj"), 1));
        adapters.add(adapter(LoraConfig.rank(2).rankStabilized(true).targets("q_proj", "down_proj"), 2));
        adapters.add(adapter(LoraConfig.rank(3).targets("down_proj", "lm_head"), 3));
        merge = InPlaceMerge.of(base, adapters);
    }

    @AfterEach
    void close() {
        merge.close();
        adapters.forEach(Adapter::close);
        base.close();
        scope.close();
    }

    private Adapter adapter(LoraConfig config, long seed) {
        Adapter adapter = Adapter.create(base, config, seed);
        adapter.lowRanks()
                .forEach((path, pair) -> pair.b()
                        .copyFrom(Random.normal(
                                seed + path.hashCode(), 0.1, pair.b().shape())));
        return adapter;
    }

    private static Tensor hidden(LanguageModel model, Routing routing) {
        return model.hidden(TokenBatch.of(List.of(TOKENS)), routing, Tape.inference());
    }

    /** Copies of all weights by path. */
    private static Map<String, Tensor> weights(LanguageModel model) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        for (Linear linear : model.linears()) {
            weights.put(linear.path(), linear.weight().copy());
        }
        return weights;
    }

    private static void assertClose(Map<String, Tensor> found, Map<String, Tensor> expected, double tolerance) {
        found.forEach((path, tensor) -> assertThat(tensor.toDoubles())
                .as(path)
                .containsExactly(Objects.requireNonNull(expected.get(path)).toDoubles(), within(tolerance)));
    }

    private static boolean sameBits(Map<String, Tensor> left, Map<String, Tensor> right) {
        return left.entrySet().stream()
                .allMatch(entry -> entry.getValue().sameBits(Objects.requireNonNull(right.get(entry.getKey()))));
    }

    @Test
    void mergedLogitsAreTheAdaptedOnes() {
        Tensor adapted = hidden(base, AdapterRouting.of(adapters.get(0), TOKENS.length));
        // the same weights elsewhere in memory: a matrix product's rounding depends on alignment; 3e-6 are a dozen
        // units in the last place of the largest values
        assertThat(hidden(merge.model(), Routing.NONE).toFloats())
                .containsExactly(hidden(base, Routing.NONE).toFloats(), within(3e-6f));
        merge.merge("a", adapters.get(0));
        assertThat(hidden(merge.model(), Routing.NONE).toFloats()).containsExactly(adapted.toFloats(), within(1e-4f));
    }

    @Test
    void theWeightsAreThoseOfTheViewAndTheBaseKeepsEveryBit() {
        Map<String, Tensor> before = weights(base);
        merge.merge("a", adapters.get(0));
        try (LanguageModel view = MergedModel.of(base, adapters.get(0))) {
            assertThat(sameBits(weights(merge.model()), weights(view))).isTrue();
        }
        assertThat(sameBits(weights(merge.model()), before)).isFalse();
        assertThat(sameBits(weights(base), before)).isTrue();
    }

    @Test
    void subtractionLeavesLessThanAMillionth() {
        Map<String, Tensor> before = weights(base);
        for (int i = 0; i < 3; i++) {
            merge.merge("adapter " + i, adapters.get(i));
        }
        assertThat(merge.merged()).containsExactly("adapter 0", "adapter 1", "adapter 2");
        merge.unmerge("adapter 1");
        merge.unmerge("adapter 2");
        merge.unmerge("adapter 0");
        assertThat(merge.merged()).isEmpty();
        // weights and changes are below 1: each of six roundings is below 2⁻²⁴
        assertClose(weights(merge.model()), before, 1e-6);
    }

    /** The worst case of 2⁻²³ · (|w| + |ΔW|) a switch, and the way back. */
    @Test
    void driftAddsUpWithinItsBoundAndResetIsExact() {
        Map<String, Tensor> before = weights(base);
        int switches = 200;
        for (int i = 0; i < switches; i++) {
            merge.merge("a", adapters.get(i % 3));
            merge.unmerge("a");
        }
        assertClose(weights(merge.model()), before, switches * 0x1p-23 * 2);
        merge.merge("a", adapters.get(0));
        merge.reset();
        assertThat(merge.merged()).isEmpty();
        assertThat(sameBits(weights(merge.model()), before)).isTrue();
    }

    @Test
    void severalAdaptersAreTheirSumInAnyOrder() {
        merge.merge("a", adapters.get(0));
        merge.merge("b", adapters.get(1));
        merge.merge("c", adapters.get(2));
        Map<String, Tensor> one = weights(merge.model());
        merge.reset();
        merge.merge("c", adapters.get(2));
        merge.merge("a", adapters.get(0));
        merge.merge("b", adapters.get(1));
        assertClose(weights(merge.model()), one, 1e-6);
        merge.reset();
        Adapter sum = AdapterCombination.combine(
                        adapters.stream()
                                .map(adapter -> new WeightedAdapter("adapter", adapter, 1))
                                .toList(),
                        CombinationMethod.cat())
                .adapter();
        adapters.add(sum);
        merge.merge("sum", sum);
        assertClose(weights(merge.model()), one, 1e-6);
    }

    @Test
    void someAreTakenOutAndTheOthersStay() {
        merge.merge("b", adapters.get(1));
        Map<String, Tensor> alone = weights(merge.model());
        merge.merge("a", adapters.get(0));
        merge.unmerge("a");
        assertClose(weights(merge.model()), alone, 1e-6);
        assertThat(merge.merged()).containsExactly("b");
    }

    @Test
    void mergingTwiceIsMergingOnce() {
        assertThat(merge.merge("a", adapters.get(0))).isTrue();
        Map<String, Tensor> once = weights(merge.model());
        assertThat(merge.merge("a", adapters.get(0))).isFalse();
        assertThat(sameBits(weights(merge.model()), once)).isTrue();
        assertThatThrownBy(() -> merge.merge("a", adapters.get(1)))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("another a is merged already");
    }

    @Test
    void whatWasMergedIsTakenOutWhateverBecameOfTheAdapter() {
        Map<String, Tensor> before = weights(base);
        Adapter trained = adapters.get(0).copy();
        merge.merge("a", trained);
        trained.tensors().values().forEach(tensor -> tensor.addInPlace(3));
        trained.close();
        merge.unmerge("a");
        assertClose(weights(merge.model()), before, 1e-6);
    }

    @Test
    void anAdapterThatIsNotFiniteLeavesEveryWeightUntouched() {
        Tensor last =
                new ArrayList<>(adapters.get(0).lowRanks().values()).get(3).b();
        last.addInPlace(1e30).timesInPlace(1e30);
        Map<String, Tensor> before = weights(merge.model());
        assertThatThrownBy(() -> merge.merge("a", adapters.get(0)))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("NaN or infinite");
        assertThat(sameBits(weights(merge.model()), before)).isTrue();
        assertThat(merge.merged()).isEmpty();
    }

    @Test
    void whatCannotBeMergedOrTakenOutIsNamed() {
        adapters.add(adapter(LoraConfig.rank(2).targets("up_proj"), 4));
        assertThatThrownBy(() -> merge.merge("up", adapters.get(3)))
                .hasMessageContaining("up changes model.layers.0.mlp.up_proj, which has no writable copy");
        adapters.add(adapter(LoraConfig.rank(2).targets("q_proj").modulesToSave(List.of("lm_head")), 4));
        assertThatThrownBy(() -> merge.merge("whole", adapters.get(4)))
                .hasMessageContaining("whole has values of its own for lm_head");
        adapters.add(adapter(LoraConfig.rank(2).targets("q_proj").dora(true), 4));
        assertThatThrownBy(() -> merge.merge("dora", adapters.get(5))).hasMessageContaining("dora uses DoRA");
        assertThatThrownBy(() -> merge.unmerge("x")).hasMessageContaining("x is not merged; merged are none");
    }

    @Test
    void embeddingsAreMergedToo() {
        adapters.add(adapter(LoraConfig.rank(2).targets("embed_tokens", "q_proj"), 5));
        Adapter adapter = adapters.get(3);
        try (InPlaceMerge own = InPlaceMerge.of(base, List.of(adapter))) {
            Tensor plain = hidden(base, Routing.NONE);
            Tensor adapted = hidden(base, AdapterRouting.of(adapter, TOKENS.length));
            own.merge("a", adapter);
            assertThat(hidden(own.model(), Routing.NONE).toFloats()).containsExactly(adapted.toFloats(), within(1e-4f));
            own.unmerge("a");
            assertThat(hidden(own.model(), Routing.NONE).toFloats()).containsExactly(plain.toFloats(), within(1e-5f));
            own.reset();
            assertThat(hidden(own.model(), Routing.NONE).toFloats()).containsExactly(plain.toFloats(), within(1e-6f));
        }
        assertThat(adapter.lowRanks()).containsKey("model.embed_tokens");
    }

    @Test
    void layersThatTheFilesHaveTransposedAreMergedToo() {
        try (LanguageModel gpt2 = SmallModel.open("gpt2");
                Adapter adapter = Adapter.create(gpt2, LoraConfig.rank(2).alpha(4), 1);
                InPlaceMerge own = InPlaceMerge.of(gpt2, List.of(adapter))) {
            adapter.lowRanks().values().forEach(pair -> pair.b().addInPlace(0.1));
            Tensor plain = hidden(gpt2, Routing.NONE);
            Tensor adapted = hidden(gpt2, AdapterRouting.of(adapter, TOKENS.length));
            assertThat(adapted.sameBits(plain)).isFalse();
            own.merge("a", adapter);
            assertThat(hidden(own.model(), Routing.NONE).toFloats()).containsExactly(adapted.toFloats(), within(1e-4f));
            own.reset();
            assertThat(hidden(own.model(), Routing.NONE).sameBits(plain)).isTrue();
        }
    }

    @Test
    void nothingIsLeftBehind() {
        long live = 0;
        for (int i = 0; i < 3; i++) {
            merge.merge("a", adapters.get(0));
            merge.unmerge("a");
            merge.merge("a", adapters.get(1));
            merge.reset();
            InPlaceMerge other = InPlaceMerge.of(base, adapters);
            other.merge("a", adapters.get(2));
            other.close();
            live = i == 0 ? Scope.liveObjects() : live;
        }
        assertThat(Scope.liveObjects()).isLessThanOrEqualTo(live);
    }
}
