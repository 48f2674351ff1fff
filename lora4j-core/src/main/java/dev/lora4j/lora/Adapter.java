package dev.lora4j.lora;

import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Linear;
import dev.lora4j.model.ModelTask;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.DropoutStream;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Random;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A LoRA adapter: a low-rank pair for each adapted layer, and the modules trained whole.
 *
 * <p>A value beside the model, never part of it: it is passed to each call by an {@link AdapterRouting}. Training changes
 * its tensors in place, so an adapter in training is not to be served at the same time: serve a {@link #copy}. Otherwise
 * safe for any number of threads. Holds native memory until closed.
 */
public final class Adapter implements AutoCloseable {
    /** Deviation of fresh heads, BERT's {@code initializer_range}. */
    private static final double HEAD_DEVIATION = 0.02;

    private final LoraConfig config;
    private final ModelTask task;
    private final List<String> labels;
    private final Map<String, LowRank> lowRanks;
    private final Map<String, Linear> saved;
    private final Scope scope;

    private Adapter(Identity identity, Map<String, LowRank> lowRanks, Map<String, Linear> saved, Scope scope) {
        this.config = identity.config();
        this.task = identity.task();
        this.labels = identity.labels();
        this.lowRanks = Collections.unmodifiableMap(new LinkedHashMap<>(lowRanks));
        this.saved = Collections.unmodifiableMap(new LinkedHashMap<>(saved));
        this.scope = scope;
    }

    /**
     * What an adapter is for.
     *
     * @param labels of a classifier in the order of its outputs; empty for other tasks and for regression
     */
    record Identity(LoraConfig config, ModelTask task, List<String> labels) {
        Identity {
            labels = List.copyOf(labels);
        }
    }

    /** Takes tensors that belong to the scope. */
    static Adapter of(Identity identity, Map<String, LowRank> lowRanks, Map<String, Linear> saved, Scope scope) {
        return new Adapter(identity, lowRanks, saved, scope);
    }

    /**
     * A fresh adapter that changes nothing yet: B is zero.
     *
     * @param seed decides A, module by module, whatever the order of the modules
     * @throws AdapterException if a target matches nothing
     */
    public static Adapter create(LanguageModel model, LoraConfig config, long seed) {
        return create(model, config, List.of(), 0, seed);
    }

    /** A fresh adapter with a classification head of its own for these labels. */
    public static Adapter createClassifier(LanguageModel model, LoraConfig config, List<String> labels, long seed) {
        return create(model, withHeads(model, config), labels, labels.size(), seed);
    }

    /** A fresh adapter with a head of its own that gives one number. */
    public static Adapter createRegression(LanguageModel model, LoraConfig config, long seed) {
        return create(model, withHeads(model, config), List.of(), 1, seed);
    }

    /** PEFT trains the classifier by itself; a pooler that the base lacks must be trained too. */
    private static LoraConfig withHeads(LanguageModel model, LoraConfig config) {
        List<String> names = new ArrayList<>(config.modulesToSave());
        TargetSelection.AUTOMATIC_HEADS.stream()
                .filter(name -> !names.contains(name))
                .forEach(names::add);
        if (model.pooler().isEmpty() && !names.contains("pooler")) {
            names.add("pooler");
        }
        return config.modulesToSave(names);
    }

    private static Adapter create(LanguageModel model, LoraConfig config, List<String> labels, int outputs, long seed) {
        Scope scope = Scope.shared();
        try (Scope creating = Scope.open()) {
            Map<String, Linear> linears = new LinkedHashMap<>();
            model.linears().forEach(linear -> linears.put(linear.path(), linear));
            if (outputs > 0) {
                freshHeads(model, outputs, seed).forEach(head -> linears.put(head.path(), head));
            }
            TargetSelection selection = TargetSelection.of(
                    config,
                    linears.keySet(),
                    UsualTargets.of(model.config().path("model_type").asText()));
            Map<String, LowRank> lowRanks = new LinkedHashMap<>();
            for (String path : selection.adapted()) {
                lowRanks.put(path, fresh(config, need(linears, path), scope, seed));
            }
            Map<String, Linear> saved = new LinkedHashMap<>();
            for (String path : selection.saved()) {
                saved.put(path, copyOf(need(linears, path), scope));
            }
            return new Adapter(new Identity(config, model.task(), labels), lowRanks, saved, scope);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    private static Linear need(Map<String, Linear> linears, String path) {
        return Optional.ofNullable(linears.get(path)).orElseThrow();
    }

    private static List<Linear> freshHeads(LanguageModel model, int outputs, long seed) {
        int hidden = model.hiddenSize();
        List<Linear> heads = new ArrayList<>();
        if (model.pooler().isEmpty()) {
            heads.add(freshHead("bert.pooler.dense", hidden, hidden, seed));
        }
        heads.add(freshHead("classifier", outputs, hidden, seed));
        return heads;
    }

    private static Linear freshHead(String path, int out, int in, long seed) {
        return new Linear(path, Random.normal(key(seed, path), HEAD_DEVIATION, out, in), Tensor.zeros(DType.F32, out));
    }

    private static LowRank fresh(LoraConfig config, Linear linear, Scope scope, long seed) {
        int rank = config.rankAt(linear.path());
        long in = linear.inFeatures();
        long key = key(seed, linear.path());
        Tensor a = switch (config.initialization()) {
            case KAIMING -> Random.uniform(key, 1 / Math.sqrt((double) in), rank, in);
            case GAUSSIAN -> Random.normal(key, 1.0 / rank, rank, in);
        };
        Tensor b = Tensor.zeros(DType.F32, linear.outFeatures(), rank);
        return new LowRank(
                scope.keep(a.to(linear.weight().device())),
                scope.keep(b.to(linear.weight().device())),
                config.scalingAt(linear.path()));
    }

    private static long key(long seed, String path) {
        return DropoutStream.mix(seed ^ DropoutStream.mix(path.hashCode()));
    }

    private static Linear copyOf(Linear linear, Scope scope) {
        Tensor bias = linear.bias();
        return new Linear(
                linear.path(), scope.keep(linear.weight().copy()), bias == null ? null : scope.keep(bias.copy()));
    }

    /** What it looks like. */
    public LoraConfig config() {
        return config;
    }

    /** What it is for. */
    public ModelTask task() {
        return task;
    }

    /** Names of a classifier's outputs, in order; empty for other tasks. */
    public List<String> labels() {
        return labels;
    }

    /** The low-rank pairs by the path of their layer. */
    public Map<String, LowRank> lowRanks() {
        return lowRanks;
    }

    /** The modules trained whole, by path. */
    public Map<String, Linear> saved() {
        return saved;
    }

    /** Every tensor that training changes, in a fixed order, by its name in PEFT's files. */
    public Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        lowRanks.forEach((path, lowRank) -> {
            tensors.put(TensorNames.loraA(path), lowRank.a());
            tensors.put(TensorNames.loraB(path), lowRank.b());
        });
        saved.forEach((path, linear) -> {
            tensors.put(TensorNames.weight(path), linear.weight());
            if (linear.bias() != null) {
                tensors.put(TensorNames.bias(path), linear.bias());
            }
        });
        return tensors;
    }

    /** Number of trained values. */
    public long parameters() {
        return tensors().values().stream().mapToLong(Tensor::elements).sum();
    }

    /** An independent copy with equal values, such as for serving while this one trains on. */
    public Adapter copy() {
        Scope owner = Scope.shared();
        try (Scope copying = Scope.open()) {
            Map<String, LowRank> pairs = new LinkedHashMap<>();
            lowRanks.forEach((path, pair) -> pairs.put(
                    path,
                    new LowRank(owner.keep(pair.a().copy()), owner.keep(pair.b().copy()), pair.scaling())));
            Map<String, Linear> modules = new LinkedHashMap<>();
            saved.forEach((path, linear) -> modules.put(path, copyOf(linear, owner)));
            return new Adapter(new Identity(config, task, labels), pairs, modules, owner);
        }
    }

    /** SHA-256 over the names, shapes, values and scalings: equal content, equal digest. */
    public String digest() {
        return AdapterDigest.of(this);
    }

    @Override
    public void close() {
        scope.close();
    }
}
