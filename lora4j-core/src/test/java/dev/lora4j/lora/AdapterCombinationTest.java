package dev.lora4j.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.formats.JsonFile;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Decompositions;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.MajoritySign;
import dev.lora4j.tensor.Random;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ΔW by ΔW against dense sums in float64. The values are of size 1, so 1e-5 is some tens of float32 roundings. */
class AdapterCombinationTest {
    private static final double ROUNDING = 1e-5;
    private static final String QUERY = "model.layers.0.self_attn.q_proj";

    @TempDir
    Path folder;

    private Scope scope;
    private LanguageModel model;
    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeEach
    void open() {
        scope = Scope.open();
        model = SmallModel.open();
        opened.add(model);
    }

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
        scope.close();
    }

    /** An adapter with values everywhere, B included. */
    private Adapter adapter(LoraConfig config, long seed) {
        Adapter adapter = Adapter.create(model, config, seed);
        opened.add(adapter);
        adapter.lowRanks().forEach((path, pair) -> {
            Tensor a = pair.a();
            Tensor b = pair.b();
            a.copyFrom(Random.normal(seed + path.hashCode(), 0.5, a.shape()));
            b.copyFrom(Random.normal(seed - path.hashCode(), 0.5, b.shape()));
        });
        return adapter;
    }

    private Adapter combine(CombinationMethod method, WeightedAdapter... sources) {
        return result(method, sources).adapter();
    }

    private AdapterCombination.Result result(CombinationMethod method, WeightedAdapter... sources) {
        AdapterCombination.Result result = AdapterCombination.combine(List.of(sources), method);
        opened.add(result.adapter());
        return result;
    }

    private static WeightedAdapter weighted(Adapter adapter, double weight) {
        return new WeightedAdapter("adapter", adapter, weight);
    }

    /** s B A in float64, or zeros. */
    private Tensor delta(Adapter adapter, String path) {
        LowRank pair = adapter.lowRanks().get(path);
        if (pair == null) {
            return model.linears().stream()
                    .filter(linear -> linear.path().equals(path))
                    .map(linear -> Tensor.zeros(DType.F64, linear.outFeatures(), linear.inFeatures()))
                    .findFirst()
                    .orElseThrow();
        }
        return pair.b().to(DType.F64).matmul(pair.a().to(DType.F64)).times(pair.scaling());
    }

    private void assertIsSum(Adapter found, WeightedAdapter... sources) {
        for (String path : found.lowRanks().keySet()) {
            Tensor expected = delta(found, path).times(0);
            for (WeightedAdapter source : sources) {
                expected = expected.plus(delta(source.adapter(), path).times(source.weight()));
            }
            assertClose(delta(found, path), expected, ROUNDING);
        }
    }

    private static void assertClose(Tensor found, Tensor expected, double tolerance) {
        assertThat(found.toDoubles()).containsExactly(expected.toDoubles(), within(tolerance));
    }

    private static LowRank at(Adapter adapter, String path) {
        return Objects.requireNonNull(adapter.lowRanks().get(path));
    }

    private WeightedAdapter[] differentOnes() {
        return new WeightedAdapter[] {
            weighted(adapter(LoraConfig.rank(4).alpha(8).targets("q_proj", "v_proj"), 1), 0.75),
            weighted(adapter(LoraConfig.rank(2).alpha(3).rankStabilized(true).targets("q_proj", "down_proj"), 2), -1.5),
            weighted(
                    adapter(
                            LoraConfig.rank(3)
                                    .targets("q_proj")
                                    .rankPattern(Map.of("layers.1.self_attn.q_proj", 5))
                                    .alphaPattern(Map.of("layers.0.self_attn.q_proj", 1.0)),
                            3),
                    2)
        };
    }

    @Test
    void catAndLinearAreTheSumForAnyRanksScalingsTargetsAndWeights() {
        WeightedAdapter[] sources = differentOnes();
        Adapter cat = combine(CombinationMethod.cat(), sources);
        Adapter linear = combine(CombinationMethod.linear(), sources);
        assertThat(cat.lowRanks().keySet())
                .isEqualTo(linear.lowRanks().keySet())
                .hasSize(6);
        assertIsSum(cat, sources);
        assertIsSum(linear, sources);
        assertThat(at(cat, QUERY).rank()).isEqualTo(4 + 2 + 3);
        assertThat(at(cat, "model.layers.1.self_attn.q_proj").rank()).isEqualTo(4 + 2 + 5);
        assertThat(cat.lowRanks().values())
                .allSatisfy(pair -> assertThat(pair.scaling()).isEqualTo(1));
    }

    @Test
    void oneAdapterWithWeightOneIsItself() {
        for (boolean stabilized : new boolean[] {false, true}) {
            WeightedAdapter source = weighted(
                    adapter(
                            LoraConfig.rank(4)
                                    .alpha(6)
                                    .rankStabilized(stabilized)
                                    .targets("q_proj"),
                            5),
                    1);
            Truncation rank = new Truncation.ToRank(4);
            for (CombinationMethod method : List.of(
                    CombinationMethod.cat(),
                    CombinationMethod.linear(),
                    CombinationMethod.svd(rank),
                    CombinationMethod.ties(1, MajoritySign.TOTAL, rank),
                    CombinationMethod.ties(1, MajoritySign.FREQUENCY, rank),
                    CombinationMethod.dareLinear(1, 9, rank),
                    CombinationMethod.dareTies(1, 9, MajoritySign.TOTAL, rank),
                    CombinationMethod.magnitudePrune(1, rank))) {
                Adapter combined = combine(method, source);
                assertIsSum(combined, source);
                assertThat(at(combined, QUERY).rank()).isEqualTo(4);
            }
        }
    }

    @Test
    void linearNeedsNoMoreRankThanTheSumHas() {
        Adapter one = adapter(LoraConfig.rank(4).targets("q_proj"), 5);
        assertThat(at(combine(CombinationMethod.linear(), weighted(one, 1), weighted(one, 2)), QUERY)
                        .rank())
                .isEqualTo(4);
        Adapter nothing = combine(CombinationMethod.linear(), weighted(one, 1), weighted(one, -1));
        assertThat(at(nothing, QUERY).rank()).isEqualTo(1);
        assertClose(delta(nothing, QUERY), delta(one, QUERY).times(0), ROUNDING);
    }

    @Test
    void theErrorOfATruncatedSumIsTheTailOfItsSingularValues() {
        WeightedAdapter[] sources = {
            weighted(adapter(LoraConfig.rank(4).targets("q_proj").layers(firstLayer()), 1), 1),
            weighted(adapter(LoraConfig.rank(4).targets("q_proj").layers(firstLayer()), 2), -0.5)
        };
        Tensor dense = delta(sources[0].adapter(), QUERY)
                .plus(delta(sources[1].adapter(), QUERY).times(-0.5));
        double[] values = Decompositions.svd(dense).s().toDoubles();
        for (int rank = 1; rank <= 8; rank++) {
            AdapterCombination.Result found = result(CombinationMethod.svd(new Truncation.ToRank(rank)), sources);
            Tensor difference = delta(found.adapter(), QUERY).minus(dense);
            double tail = SingularValues.energy(values, rank);
            assertThat(difference.square().sum().item()).isCloseTo(tail, within(1e-4));
            assertThat(found.relativeError())
                    .isCloseTo(Math.sqrt(tail / SingularValues.energy(values, 0)), within(1e-6));
            assertThat(at(found.adapter(), QUERY).rank()).isEqualTo(rank);
        }
    }

    private static LayerFilter firstLayer() {
        return new LayerFilter(List.of(0), List.of());
    }

    /** Singular values 8, 4, 1 have energies 64, 16, 1 of 81: 79 % in the first, 98.8 % in the first two. */
    @Test
    void energyChoosesTheRankModuleByModule() {
        Adapter source = adapter(LoraConfig.rank(3).alpha(3).targets("q_proj"), 1);
        diagonal(at(source, QUERY), 8, 4, 1);
        diagonal(at(source, "model.layers.1.self_attn.q_proj"), 8, 0, 0);
        AdapterCombination.Result found = AdapterCombination.reduced(source, new Truncation.ToEnergy(0.95));
        opened.add(found.adapter());
        assertThat(at(found.adapter(), QUERY).rank()).isEqualTo(2);
        assertThat(at(found.adapter(), "model.layers.1.self_attn.q_proj").rank())
                .isEqualTo(1);
        assertThat(found.relativeError()).isCloseTo(Math.sqrt(1.0 / (81 + 64)), within(1e-6));
        double[] delta = delta(found.adapter(), QUERY).toDoubles();
        assertThat(new double[] {delta[0], delta[33], delta[66]}).containsExactly(new double[] {8, 4, 0}, within(1e-6));
        AdapterCombination.Result less = AdapterCombination.reduced(source, new Truncation.ToEnergy(0.79));
        opened.add(less.adapter());
        assertThat(at(less.adapter(), QUERY).rank()).isEqualTo(1);
    }

    /** ΔW with these values first on its diagonal. */
    private static void diagonal(LowRank pair, double... values) {
        pair.a().timesInPlace(0);
        pair.b().timesInPlace(0);
        for (int i = 0; i < values.length; i++) {
            pair.a().writeFloats((pair.a().size(1) + 1) * i, new float[] {1}, 1);
            pair.b().writeFloats((pair.b().size(1) + 1) * i, new float[] {(float) values[i]}, 1);
        }
    }

    /**
     * [[4, 1], [0, 0]] and [[-3, 2], [-6, 4]] add up to [[1, 3], [-6, 4]]; with the cross terms that PEFT's linear has it
     * would be (b + b')(a + a')ᵀ = [[2, 6], [2, 6]].
     */
    @Test
    void handWorkedSumsOfTwoByTwo() {
        Adapter first = corner(new float[] {4, 1}, new float[] {1, 0});
        Adapter second = corner(new float[] {-3, 2}, new float[] {1, 2});
        for (CombinationMethod method : List.of(CombinationMethod.cat(), CombinationMethod.linear())) {
            assertThat(cornerOf(combine(method, weighted(first, 1), weighted(second, 1))))
                    .containsExactly(new double[] {1, 3, -6, 4}, within(ROUNDING));
            assertThat(cornerOf(combine(method, weighted(first, 0.5), weighted(second, -2))))
                    .containsExactly(new double[] {8, -3.5, 12, -8}, within(ROUNDING));
        }
    }

    @Test
    void handWorkedTies() {
        Adapter first = corner(new float[] {4, 1}, new float[] {1, 0}); // [[4, 1], [0, 0]]
        Adapter second = corner(new float[] {-3, 2}, new float[] {1, 2}); // [[-3, 2], [-6, 4]]
        CombinationMethod ties = CombinationMethod.ties(1, MajoritySign.TOTAL, new Truncation.Exact());
        // total: sums 1, 3, -6, 4 elect +, +, -, +; the means are over those that agree
        assertThat(cornerOf(combine(ties, weighted(first, 1), weighted(second, 1))))
                .containsExactly(new double[] {4, 1.5, -6, 4}, within(ROUNDING));
        // subtracting the second: votes 4, 1, 0, 0 and 3, -2, 6, -4 elect +, -, +, -
        assertThat(cornerOf(combine(ties, weighted(first, 1), weighted(second, -1))))
                .containsExactly(new double[] {3.5, -2, 6, -4}, within(ROUNDING));
        // weights scale but do not vote
        assertThat(cornerOf(combine(ties, weighted(first, 0.5), weighted(second, 3))))
                .containsExactly(new double[] {2, 3.25, -18, 12}, within(ROUNDING));
    }

    /** Of a 32 × 32 matrix, 2 / 1024 keeps the two largest values. */
    @Test
    void handWorkedPruning() {
        Adapter first = corner(new float[] {4, 1}, new float[] {1, 0});
        Adapter second = corner(new float[] {-3, 2}, new float[] {1, 2});
        CombinationMethod prune = CombinationMethod.magnitudePrune(2.0 / 1024, new Truncation.Exact());
        assertThat(cornerOf(combine(prune, weighted(first, 1), weighted(second, 0.5))))
                .containsExactly(new double[] {4, 1, -3, 2}, within(ROUNDING));
        CombinationMethod ties = CombinationMethod.ties(2.0 / 1024, MajoritySign.FREQUENCY, new Truncation.Exact());
        assertThat(cornerOf(combine(ties, weighted(first, 1), weighted(second, 1))))
                .containsExactly(new double[] {4, 1, -6, 4}, within(ROUNDING));
    }

    /** ΔW = b aᵀ in the upper left corner of layer 0's query, by α 2 and rank 2: scaling 1. */
    private Adapter corner(float[] a, float[] b) {
        Adapter adapter = adapter(LoraConfig.rank(2).alpha(2).targets("q_proj").layers(firstLayer()), 1);
        LowRank pair = at(adapter, QUERY);
        pair.a().timesInPlace(0);
        pair.b().timesInPlace(0);
        pair.a().writeFloats(0, a, 2);
        pair.b().writeFloats(0, new float[] {b[0], 0, b[1]}, 3);
        return adapter;
    }

    private double[] cornerOf(Adapter adapter) {
        return delta(adapter, QUERY)
                .narrow(0, 0, 2)
                .narrow(1, 0, 2)
                .contiguous()
                .toDoubles();
    }

    @Test
    void dareIsReproducibleAndUnbiased() {
        WeightedAdapter source =
                weighted(adapter(LoraConfig.rank(2).targets("q_proj").layers(firstLayer()), 1), 1);
        Truncation full = new Truncation.ToRank(32);
        assertThat(combine(CombinationMethod.dareLinear(0.5, 3, full), source).digest())
                .isEqualTo(combine(CombinationMethod.dareLinear(0.5, 3, full), source)
                        .digest());
        assertThat(combine(CombinationMethod.dareLinear(0.5, 3, full), source).digest())
                .isNotEqualTo(combine(CombinationMethod.dareLinear(0.5, 4, full), source)
                        .digest());
        Tensor mean = delta(source.adapter(), QUERY).times(0);
        int seeds = 200;
        for (int seed = 0; seed < seeds; seed++) {
            try (Scope each = Scope.open();
                    Adapter drawn = AdapterCombination.combine(
                                    List.of(source), CombinationMethod.dareLinear(0.5, seed, full))
                            .adapter()) {
                mean.addInPlace(delta(drawn, QUERY), 1.0 / seeds);
            }
        }
        Tensor expected = delta(source.adapter(), QUERY);
        double relative = mean.minus(expected).square().sum().item()
                / expected.square().sum().item();
        // each value is 0 or doubled: its relative variance is 1, that of the mean of 200 is 1/200
        assertThat(relative).isCloseTo(1.0 / seeds, within(0.2 / seeds));
    }

    @Test
    void scalingAndNegatingScaleDeltaW() {
        Adapter source =
                adapter(LoraConfig.rank(4).alpha(8).rankStabilized(true).targets("q_proj"), 1);
        Adapter negated = AdapterCombination.scaled(source, -1);
        opened.add(negated);
        assertIsSum(negated, weighted(source, -1));
        assertThat(at(negated, QUERY).rank()).isEqualTo(4);
    }

    @Test
    void theResultWrittenAndReadAgainHasTheSameDeltaW() {
        WeightedAdapter[] sources = differentOnes();
        Adapter combined = combine(CombinationMethod.cat(), sources);
        AdapterFolder.write(combined, "llama", folder.resolve("combined"));
        try (Adapter read = AdapterFolder.read(folder.resolve("combined"), model)) {
            assertThat(read.digest()).isEqualTo(combined.digest());
            assertIsSum(read, sources);
        }
    }

    @Test
    void aModuleTrainedWholeComesFromTheOneThatHasIt() {
        LoraConfig whole = LoraConfig.rank(2).targets("q_proj").modulesToSave(List.of("lm_head"));
        Adapter first = adapter(whole, 1);
        Adapter second = adapter(LoraConfig.rank(2).targets("q_proj"), 2);
        first.saved().values().forEach(head -> head.weight().addInPlace(0.5));
        Adapter combined = combine(CombinationMethod.cat(), weighted(second, 1), weighted(first, -2));
        assertThat(Objects.requireNonNull(combined.saved().get("lm_head"))
                        .weight()
                        .sameBits(Objects.requireNonNull(first.saved().get("lm_head"))
                                .weight()))
                .isTrue();
        AdapterFolder.write(combined, "llama", folder.resolve("combined"));
        AdapterFolder.read(folder.resolve("combined"), model).close();
        Adapter third = adapter(whole, 3);
        assertThatThrownBy(() -> AdapterCombination.combine(
                        List.of(new WeightedAdapter("a", first, 1), new WeightedAdapter("b", third, 1)),
                        CombinationMethod.cat()))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("a and b both have a lm_head of their own");
        Adapter pair = adapter(LoraConfig.rank(2).targets("lm_head"), 4);
        assertThatThrownBy(() -> AdapterCombination.combine(
                        List.of(new WeightedAdapter("a", first, 1), new WeightedAdapter("b", pair, 1)),
                        CombinationMethod.cat()))
                .hasMessageContaining("a has a lm_head of its own, trained whole, which another adapter changes");
    }

    @Test
    void biasesOfBAddUpAsWell() {
        LoraConfig biased = LoraConfig.rank(2)
                .alpha(6)
                .targets("q_proj")
                .layers(firstLayer())
                .loraBias(true);
        Adapter first = adapter(biased, 1);
        Adapter second = adapter(LoraConfig.rank(2).targets("q_proj", "v_proj"), 2);
        Tensor bias = Objects.requireNonNull(at(first, QUERY).bias()).addInPlace(0.25);
        for (CombinationMethod method : List.of(
                CombinationMethod.cat(),
                CombinationMethod.linear(),
                CombinationMethod.ties(1, MajoritySign.TOTAL, new Truncation.ToRank(32)))) {
            Adapter combined = combine(method, weighted(first, -2), weighted(second, 1));
            // scaling 6 / 2, weight -2
            assertClose(Objects.requireNonNull(at(combined, QUERY).bias()), bias.times(-6), ROUNDING);
            assertThat(Objects.requireNonNull(at(combined, "model.layers.1.self_attn.v_proj")
                                    .bias())
                            .toDoubles())
                    .containsOnly(0);
            Path written = folder.resolve(method.getClass().getSimpleName() + method.hashCode());
            AdapterFolder.write(combined, "llama", written);
            try (Adapter read = AdapterFolder.read(written, model)) {
                assertThat(read.digest()).isEqualTo(combined.digest());
            }
        }
    }

    @Test
    void anEmbeddingsPairsAddUp() {
        String path = "model.embed_tokens";
        Adapter first = adapter(LoraConfig.rank(2).targets("embed_tokens"), 1);
        Adapter second = adapter(LoraConfig.rank(3).targets("embed_tokens", "q_proj"), 2);
        Adapter combined = combine(CombinationMethod.linear(), weighted(first, 1), weighted(second, 0.5));
        Tensor expected = delta(first, path).plus(delta(second, path).times(0.5));
        assertThat(at(combined, path).rank()).isEqualTo(5);
        assertClose(delta(combined, path), expected, ROUNDING);
        AdapterFolder.write(combined, "llama", folder.resolve("combined"));
        try (Adapter read = AdapterFolder.read(folder.resolve("combined"), model)) {
            assertThat(read.digest()).isEqualTo(combined.digest());
        }
    }

    /** Principal components begin with a part of W, which a frozen pair takes off again: both belong to ΔW. */
    @Test
    void whatTrainingBeganWithIsTakenOff() {
        Adapter source =
                Adapter.create(model, LoraConfig.rank(2).targets("q_proj").initialization(Initialization.OLORA), 1);
        opened.add(source);
        Adapter nothing = combine(CombinationMethod.linear(), weighted(source, 3));
        assertClose(delta(nothing, QUERY), delta(nothing, QUERY).times(0), ROUNDING);
        Tensor trained = at(source, QUERY).b().copy();
        at(source, QUERY).b().addInPlace(0.5);
        Tensor change = at(source, QUERY).b().minus(trained).to(DType.F64);
        Tensor expected = change.matmul(at(source, QUERY).a().to(DType.F64))
                .times(at(source, QUERY).scaling());
        assertClose(delta(combine(CombinationMethod.cat(), weighted(source, 1)), QUERY), expected, ROUNDING);
    }

    /** GPT-2's files have matrices as [in, out], and queries, keys and values in one. */
    @Test
    void adaptersOfTransposedLayersAddUpAndSaySo() {
        try (LanguageModel gpt2 = SmallModel.open("gpt2");
                Adapter first = Adapter.create(gpt2, LoraConfig.rank(2).alpha(4), 1);
                Adapter second = Adapter.create(gpt2, LoraConfig.rank(3), 2)) {
            for (Adapter each : List.of(first, second)) {
                each.lowRanks().values().forEach(pair -> pair.b().addInPlace(0.5));
            }
            try (Adapter combined = AdapterCombination.combine(
                            List.of(weighted(first, 1), weighted(second, -0.5)), CombinationMethod.linear())
                    .adapter()) {
                assertIsSum(combined, weighted(first, 1), weighted(second, -0.5));
                AdapterFolder.write(combined, "gpt2", folder.resolve("combined"));
                assertThat(JsonFile.read(folder.resolve("combined/adapter_config.json"))
                                .path("fan_in_fan_out")
                                .asBoolean())
                        .isTrue();
                try (Adapter read = AdapterFolder.read(folder.resolve("combined"), gpt2)) {
                    assertThat(read.digest()).isEqualTo(combined.digest());
                }
            }
        }
    }

    @Test
    void whatIsNoLowRankProductIsRefusedByName() {
        Adapter dora = adapter(LoraConfig.rank(2).targets("q_proj").dora(true), 1);
        assertThatThrownBy(() ->
                        AdapterCombination.combine(List.of(new WeightedAdapter("d", dora, 1)), CombinationMethod.cat()))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("d uses DoRA");
    }

    @Test
    void whatHasNoMeaningIsRefused() {
        assertThatThrownBy(() -> AdapterCombination.combine(List.of(), CombinationMethod.cat()))
                .hasMessageContaining("there is no adapter to combine");
        Adapter adapter = adapter(LoraConfig.rank(2).targets("q_proj"), 1);
        assertThatThrownBy(() -> new WeightedAdapter("x", adapter, Double.NaN))
                .hasMessageContaining("the weight of x is NaN");
        assertThatThrownBy(() -> new Truncation.ToRank(0)).hasMessageContaining("expected at least 1");
        assertThatThrownBy(() -> new Truncation.ToEnergy(1.5)).hasMessageContaining("energy is 1.5");
        assertThatThrownBy(() -> new Sparsity.Largest(0)).hasMessageContaining("density is 0.0");
    }

    @Test
    void theSourcesStayAsTheyAreAndNothingIsLeftBehind() {
        WeightedAdapter[] sources = differentOnes();
        String before = sources[0].adapter().digest();
        Truncation rank = new Truncation.ToRank(2);
        List<CombinationMethod> methods = List.of(
                CombinationMethod.cat(),
                CombinationMethod.linear(),
                CombinationMethod.ties(0.5, MajoritySign.TOTAL, rank),
                CombinationMethod.dareLinear(0.5, 1, rank));
        long live = 0;
        for (int i = 0; i < 3; i++) {
            for (CombinationMethod method : methods) {
                AdapterCombination.combine(List.of(sources), method).adapter().close();
            }
            live = i == 0 ? Scope.liveObjects() : live;
        }
        assertThat(Scope.liveObjects()).isLessThanOrEqualTo(live);
        assertThat(sources[0].adapter().digest()).isEqualTo(before);
    }
}
