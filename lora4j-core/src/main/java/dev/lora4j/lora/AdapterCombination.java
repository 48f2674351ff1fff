package dev.lora4j.lora;

import dev.lora4j.model.ModelTask;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Adapters of one base as vectors: added, subtracted, scaled, made sparse, and brought to another rank.
 *
 * <p>What counts is what an adapter does to each weight, ΔW = s · B A, never its factors, ranks or scalings: the sources
 * may differ in all of these and in their targets. A module that a source does not have is zero in it. The sources are
 * borrowed and stay as they are.
 *
 * <p>A module trained whole is not a ΔW: it is taken over unchanged from the one source that has it, whatever that
 * source's weight, and two sources that have it cannot be combined. Biases of B add up as ΔW does, exactly and by every
 * method. DoRA has no ΔW of low rank and is refused.
 */
public final class AdapterCombination {
    private AdapterCombination() {}

    /**
     * An adapter and how near it is to what was asked for.
     *
     * @param adapter of its own native memory, with scaling 1 in every module
     * @param relativeError ‖wanted − result‖ / ‖wanted‖ over all modules together, in the Frobenius norm; 0 where the
     *     method is exact
     */
    public record Result(Adapter adapter, double relativeError) {}

    /**
     * Combines.
     *
     * @param sources at least one, all for one base
     * @throws AdapterException naming the source and the module, if they cannot be combined
     */
    public static Result combine(List<WeightedAdapter> sources, CombinationMethod method) {
        CombinationCheck.requireCombinable(sources);
        Scope owner = Scope.shared();
        try (Scope scope = Scope.open()) {
            AdapterParts parts = AdapterParts.empty();
            boolean withBias = sources.stream()
                    .anyMatch(source -> source.adapter().config().hasLoraBias());
            double lost = 0;
            double wanted = 0;
            for (String path : paths(sources)) {
                List<FactorSum.Term> terms = terms(path, sources);
                CombinedPair combined = combined(path, terms, method);
                LowRank pair = withBias ? combined.pair().withBias(FactorSum.bias(terms)) : combined.pair();
                parts.lowRanks().put(path, kept(owner, pair, terms.get(0).pair()));
                lost += combined.lost();
                wanted += combined.wanted();
            }
            takeOver(sources, parts, owner);
            double error = wanted == 0 ? 0 : Math.sqrt(lost / wanted);
            return new Result(Adapter.of(identity(sources, parts), parts, owner), error);
        } catch (RuntimeException | Error e) {
            owner.close();
            throw e;
        }
    }

    /** An adapter whose ΔW is that of another times a factor; −1 negates it. */
    public static Adapter scaled(Adapter adapter, double factor) {
        return combine(List.of(new WeightedAdapter("the adapter", adapter, factor)), CombinationMethod.cat())
                .adapter();
    }

    /** An adapter brought to other ranks, as near to what it was as they allow. */
    public static Result reduced(Adapter adapter, Truncation truncation) {
        return combine(List.of(new WeightedAdapter("the adapter", adapter, 1)), CombinationMethod.svd(truncation));
    }

    private static CombinedPair combined(String path, List<FactorSum.Term> terms, CombinationMethod method) {
        try (Scope scope = Scope.open()) {
            CombinedPair combined;
            if (method instanceof CombinationMethod.Cat) {
                combined = new CombinedPair(FactorSum.stacked(terms), 0, 0);
            } else if (method instanceof CombinationMethod.Sum sum) {
                combined = FactorSum.truncated(terms, sum.truncation());
            } else {
                combined = new SparseSum((CombinationMethod.Sparse) method).of(path, terms);
            }
            scope.give(combined.pair().a());
            scope.give(combined.pair().b());
            return combined;
        }
    }

    private static LowRank kept(Scope owner, LowRank pair, LowRank like) {
        Device device = like.a().device();
        LowRank plain =
                new LowRank(owner.keep(pair.a().to(device)), owner.keep(pair.b().to(device)), pair.scaling());
        Tensor bias = pair.bias();
        return bias == null ? plain : plain.withBias(owner.keep(bias.to(device)));
    }

    private static List<FactorSum.Term> terms(String path, List<WeightedAdapter> sources) {
        List<FactorSum.Term> terms = new ArrayList<>();
        for (WeightedAdapter source : sources) {
            for (LowRank pair : source.adapter().pairs(path)) {
                terms.add(new FactorSum.Term(pair, source.weight()));
            }
        }
        return terms;
    }

    /** The adapted modules of all, those of the first source first. */
    static Set<String> paths(List<WeightedAdapter> sources) {
        Set<String> paths = new LinkedHashSet<>();
        sources.forEach(source -> paths.addAll(source.adapter().lowRanks().keySet()));
        return paths;
    }

    /** What is no low-rank pair: it comes from the one source that has it. */
    private static void takeOver(List<WeightedAdapter> sources, AdapterParts parts, Scope owner) {
        for (WeightedAdapter source : sources) {
            AdapterParts own = source.adapter().parts();
            parts.embeddings().addAll(own.embeddings());
            parts.transposed().addAll(own.transposed());
            parts.kernels().putAll(own.kernels());
            own.saved().forEach((path, values) -> parts.saved().put(path, values.copy(owner)));
            own.biases().forEach((path, bias) -> parts.biases().put(path, owner.keep(bias.copy())));
        }
    }

    private static Adapter.Identity identity(List<WeightedAdapter> sources, AdapterParts parts) {
        Map<String, Integer> ranks = new LinkedHashMap<>();
        parts.lowRanks().forEach((path, pair) -> ranks.put(path, pair.rank()));
        Set<String> modulesToSave = new LinkedHashSet<>();
        sources.forEach(source -> modulesToSave.addAll(source.adapter().config().modulesToSave()));
        List<String> labels = sources.stream()
                .map(source -> source.adapter().labels())
                .filter(own -> !own.isEmpty())
                .findFirst()
                .orElse(List.of());
        ModelTask task = sources.get(0).adapter().task();
        return new Adapter.Identity(CombinedConfig.of(sources, ranks, List.copyOf(modulesToSave)), task, labels);
    }
}
