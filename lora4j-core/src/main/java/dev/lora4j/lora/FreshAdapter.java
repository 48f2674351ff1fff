package dev.lora4j.lora;

import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.EmbeddingTable;
import dev.lora4j.model.ExpertStack;
import dev.lora4j.model.HeadPlan;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Linear;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.DropoutStream;
import dev.lora4j.tensor.FrozenMatrix;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Magnitude;
import dev.lora4j.tensor.Random;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Makes adapters that training has not changed yet. */
final class FreshAdapter {
    /** Deviation of fresh heads, BERT's {@code initializer_range}. */
    private static final double HEAD_DEVIATION = 0.02;

    private final LanguageModel model;
    private final long seed;
    private final Scope scope = Scope.shared();

    FreshAdapter(LanguageModel model, long seed) {
        this.model = model;
        this.seed = seed;
    }

    /**
     * Makes one.
     *
     * @param outputs of a head of its own; 0 for none
     */
    Adapter create(LoraConfig asked, List<String> labels, int outputs) {
        Targets usual = UsualTargets.of(model.config().path("model_type").asText());
        LoraConfig config = asked.orUsual(usual);
        try (Scope creating = Scope.open()) {
            Map<String, AdaptableModule> modules = modules(outputs);
            TargetSelection selection = TargetSelection.of(config, ModulePaths.of(modules.values()), usual);
            FusedParts.requireAllFound(config, selection.adapted());
            AdapterParts parts = AdapterParts.empty();
            for (String path : selection.adapted()) {
                AdaptableModule module = Objects.requireNonNull(modules.get(path));
                if (module instanceof ExpertStack stack) {
                    addExperts(parts, config, stack);
                } else {
                    addPair(parts, config, module);
                }
            }
            for (String path : selection.saved()) {
                parts.save(Objects.requireNonNull(modules.get(path)), scope);
            }
            TrainedBiases.copy(config.bias(), modules.values(), parts, scope);
            return Adapter.of(new Adapter.Identity(config, model.task(), labels), parts, scope);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    /**
     * Makes one of another method.
     *
     * @param heads which modules are trained whole beside it
     * @param outputs of a head of its own; 0 for none
     * @param begin blank where the values will come from a file; the model is only asked for its shapes then
     */
    Adapter create(Baseline baseline, LoraConfig heads, List<String> labels, int outputs, BaselineParts.Begin begin) {
        try (Scope creating = Scope.open()) {
            Map<String, AdaptableModule> modules = modules(outputs);
            AdapterParts parts = AdapterParts.empty();
            modules.values().stream()
                    .filter(module -> heads.modulesToSave().stream()
                            .anyMatch(name -> TargetSelection.isSaved(module.path(), name)))
                    .forEach(module -> parts.save(module, scope));
            new BaselineParts(model, this::key, scope, parts).add(begin, baseline, modules.values());
            return Adapter.of(new Adapter.Identity(heads, Optional.of(baseline), model.task(), labels), parts, scope);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    /**
     * One that trains every weight of the model by the model's own tensors.
     *
     * @param outputs of a head of its own; 0 for none
     */
    Adapter createFull(List<String> labels, int outputs) {
        try (Scope creating = Scope.open()) {
            AdapterParts parts = WholeModel.parts(model, modules(outputs).values(), scope);
            LoraConfig config = LoraConfig.defaults()
                    .modulesToSave(List.copyOf(parts.saved().keySet()));
            return Adapter.of(new Adapter.Identity(config, model.task(), labels), parts, scope);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    /** The model's modules by path, with fresh heads in place of its own if there are to be any. */
    Map<String, AdaptableModule> modules(int outputs) {
        Map<String, AdaptableModule> modules = new LinkedHashMap<>();
        model.modules().forEach(module -> modules.put(module.path(), module));
        if (outputs > 0) {
            freshHeads(outputs).forEach(head -> modules.put(head.path(), head));
        }
        return modules;
    }

    private List<Linear> freshHeads(int outputs) {
        int hidden = model.hiddenSize();
        HeadPlan plan = model.headPlan();
        HeadPlan.Dense dense = plan.dense();
        List<Linear> heads = new ArrayList<>();
        if (dense != null && model.headLayer(dense.path()).isEmpty()) {
            heads.add(freshHead(dense.path(), hidden, hidden, true));
        }
        heads.add(freshHead(plan.output(), outputs, hidden, plan.biased()));
        return heads;
    }

    private Linear freshHead(String path, int out, int in, boolean biased) {
        Tensor weight = Random.normal(key(path), HEAD_DEVIATION, out, in);
        return new Linear(path, weight, biased ? Tensor.zeros(DType.F32, out) : null);
    }

    private void addExperts(AdapterParts parts, LoraConfig config, ExpertStack stack) {
        String path = stack.path();
        LowRank pair = ExpertPairs.fresh(
                stack, config.initialization(), config.rankAt(path), config.scalingAt(path), key(path));
        parts.experts().add(path);
        parts.lowRanks().put(path, kept(pair, stack.weight().device()));
    }

    private void addPair(AdapterParts parts, LoraConfig config, AdaptableModule module) {
        String path = module.path();
        int rank = config.rankAt(path);
        double scaling = config.scalingAt(path);
        long[] shape = WeightMatrix.shape(module);
        Optional<Kernel> kernel = Kernel.of(module);
        LowRank pair;
        if (module instanceof EmbeddingTable table) {
            Tensor b = Random.normal(key(path), 1, shape[0], rank);
            Tensor a = Tensor.zeros(DType.F32, rank, shape[1]);
            pair = kept(new LowRank(a, b, scaling), table.matrix().device());
            parts.embeddings().add(path);
        } else {
            kernel.ifPresent(each -> each.requireFit(config));
            FrozenMatrix weight = WeightMatrix.frozen(module, scope);
            Device device = weight.device();
            LowRank initial = new InitialPair(config.initialization(), rank, scaling, key(path)).of(weight);
            pair = kept(initial, device);
            if (kernel.isPresent()) {
                pair = kernel.get().grouped(pair, scope);
                parts.kernels().put(path, kernel.get());
            }
            Optional<Tensor> blocks = FusedParts.blocks(config, module);
            if (blocks.isPresent()) {
                pair = FusedParts.masked(pair, blocks.get(), scope);
            }
            if (config.initialization().changesBase()) {
                parts.anchors().put(path, kept(initial, device).negated(scope));
            }
        }
        if (config.hasLoraBias() && !(module instanceof EmbeddingTable)) {
            pair = pair.withBias(
                    scope.keep(Tensor.zeros(DType.F32, shape[0]).to(pair.b().device())));
        }
        if (config.isDora()) {
            pair = pair.withMagnitude(Magnitude.fresh(scope, WeightMatrix.frozen(module, scope), pair));
        }
        parts.lowRanks().put(path, pair);
        parts.note(module);
    }

    private LowRank kept(LowRank pair, Device device) {
        return new LowRank(
                scope.keep(pair.a().to(device).copy()),
                scope.keep(pair.b().to(device).copy()),
                pair.scaling());
    }

    private long key(String path) {
        return DropoutStream.mix(seed ^ DropoutStream.mix(path.hashCode()));
    }
}
