package dev.lora4j.lora;

import dev.lora4j.model.HeadPlan;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Linear;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.ModuleValues;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A LoRA adapter: a low-rank pair for each adapted layer, and the modules trained whole.
 *
 * <p>A value beside the model, never part of it: it is passed to each call by an {@link AdapterRouting}. Training changes
 * its tensors in place, so an adapter in training is not to be served at the same time: serve a {@link #copy}. Otherwise
 * safe for any number of threads. Holds native memory until closed.
 */
public final class Adapter implements AutoCloseable {
    private final LoraConfig config;
    private final Optional<Baseline> baseline;
    private final ModelTask task;
    private final List<String> labels;
    private final AdapterParts parts;
    private final Scope scope;

    private Adapter(Identity identity, AdapterParts parts, Scope scope) {
        this.config = identity.config();
        this.baseline = identity.baseline();
        this.task = identity.task();
        this.labels = identity.labels();
        this.parts = parts;
        this.scope = scope;
    }

    /**
     * What an adapter is for.
     *
     * @param config of the pairs, and of the modules trained whole
     * @param baseline empty for LoRA and full fine-tuning
     * @param labels of a classifier in the order of its outputs; empty for other tasks and for regression
     */
    record Identity(LoraConfig config, Optional<Baseline> baseline, ModelTask task, List<String> labels) {
        Identity {
            labels = List.copyOf(labels);
        }

        Identity(LoraConfig config, ModelTask task, List<String> labels) {
            this(config, Optional.empty(), task, labels);
        }
    }

    /** Takes tensors that belong to the scope. */
    static Adapter of(Identity identity, AdapterParts parts, Scope scope) {
        return new Adapter(identity, parts, scope);
    }

    /**
     * A fresh adapter that changes nothing yet: B is zero.
     *
     * @param seed decides A, module by module, whatever the order of the modules
     * @throws AdapterException if a target matches nothing
     */
    public static Adapter create(LanguageModel model, LoraConfig config, long seed) {
        return new FreshAdapter(model, seed).create(config, List.of(), 0);
    }

    /** A fresh adapter with a classification head of its own for these labels. */
    public static Adapter createClassifier(LanguageModel model, LoraConfig config, List<String> labels, long seed) {
        return new FreshAdapter(model, seed).create(withHeads(model, config), labels, labels.size());
    }

    /** A fresh adapter with a head of its own that gives one number. */
    public static Adapter createRegression(LanguageModel model, LoraConfig config, long seed) {
        return new FreshAdapter(model, seed).create(withHeads(model, config), List.of(), 1);
    }

    /**
     * Another method's values in place of low-rank pairs, to be trained, saved and passed to the model like them.
     *
     * @param seed decides its random values
     * @throws AdapterException if the model has no place for them
     */
    public static Adapter create(LanguageModel model, Baseline baseline, long seed) {
        return new FreshAdapter(model, seed)
                .create(baseline, LoraConfig.defaults(), List.of(), 0, BaselineParts.Begin.FRESH);
    }

    /** The same with a classification head of its own for these labels. */
    public static Adapter createClassifier(LanguageModel model, Baseline baseline, List<String> labels, long seed) {
        LoraConfig heads = withHeads(model, LoraConfig.defaults());
        return new FreshAdapter(model, seed).create(baseline, heads, labels, labels.size(), BaselineParts.Begin.FRESH);
    }

    /** The same with a head of its own that gives one number. */
    public static Adapter createRegression(LanguageModel model, Baseline baseline, long seed) {
        LoraConfig heads = withHeads(model, LoraConfig.defaults());
        return new FreshAdapter(model, seed).create(baseline, heads, List.of(), 1, BaselineParts.Begin.FRESH);
    }

    /**
     * Full fine-tuning: every weight of the model is trained, under the paths of its modules and without any pair.
     *
     * <p>The one exception to an adapter's being beside its model: it takes the model's own tensors over, so that no weight
     * is in memory twice and a tied output layer stays tied. Training changes the model itself, which is to serve nobody
     * meanwhile; {@link MergedFolder#writeFull} writes what it has become.
     *
     * @throws AdapterException if the model is not kept as float32, or has weights that are no module that can be trained
     *     whole: a mixture's experts and router, DeBERTa's table of relative positions
     */
    public static Adapter full(LanguageModel model) {
        return new FreshAdapter(model, 0).createFull(List.of(), 0);
    }

    /** The same with a fresh classification head for these labels. */
    public static Adapter fullClassifier(LanguageModel model, List<String> labels, long seed) {
        return new FreshAdapter(model, seed).createFull(labels, labels.size());
    }

    /** The same with a fresh head that gives one number. */
    public static Adapter fullRegression(LanguageModel model, long seed) {
        return new FreshAdapter(model, seed).createFull(List.of(), 1);
    }

    /** PEFT trains the output by itself; a layer before it that the base lacks must be trained too. */
    static LoraConfig withHeads(LanguageModel model, LoraConfig config) {
        List<String> names = new ArrayList<>(config.modulesToSave());
        TargetSelection.AUTOMATIC_HEADS.stream()
                .filter(name -> !names.contains(name))
                .forEach(names::add);
        HeadPlan.Dense dense = model.headPlan().dense();
        if (dense != null
                && model.headLayer(dense.path()).isEmpty()
                && names.stream().noneMatch(name -> TargetSelection.isSaved(dense.path(), name))) {
            names.add(dense.module());
        }
        return config.modulesToSave(names);
    }

    /** What it looks like; of another method, only which modules are trained whole is meant. */
    public LoraConfig config() {
        return config;
    }

    /** The method, if it is another one than LoRA and full fine-tuning. */
    public Optional<Baseline> baseline() {
        return baseline;
    }

    /** The virtual tokens that every text must have for it. */
    public VirtualTokens virtualTokens() {
        int count = parts.inserted().virtualTokens();
        return count == 0 ? VirtualTokens.NONE : new VirtualTokens(task == ModelTask.CAUSAL_LM ? 0 : 1, count);
    }

    /** Refuses what only values in the model's own modules allow. */
    void requireNothingInserted(String deed) {
        if (!parts.inserted().isEmpty()) {
            throw new AdapterException(baseline.map(Baseline::toString).orElse("the adapter")
                    + " puts values between the model's modules, which cannot be " + deed
                    + "; use it beside the base");
        }
    }

    /** What it is for. */
    public ModelTask task() {
        return task;
    }

    /** Names of a classifier's outputs, in order; empty for other tasks. */
    public List<String> labels() {
        return labels;
    }

    /** The trained low-rank pairs by the path of their layer. */
    public Map<String, LowRank> lowRanks() {
        return Collections.unmodifiableMap(parts.lowRanks());
    }

    /** Every low-rank pair beside a layer: the trained one, and a frozen one where training began with a part of W. */
    public List<LowRank> pairs(String path) {
        return Stream.of(parts.lowRanks().get(path), parts.anchors().get(path))
                .filter(Objects::nonNull)
                .toList();
    }

    /** The modules trained whole, by path. */
    public Map<String, ModuleValues> saved() {
        return Collections.unmodifiableMap(parts.saved());
    }

    /** A linear layer trained whole, if the one at this path is. */
    public Optional<Linear> savedLinear(String path) {
        return Optional.ofNullable(parts.saved().get(path)).map(values -> Linear.of(path, values));
    }

    /** Trained biases of modules whose weight is the base's, by path. */
    public Map<String, Tensor> biases() {
        return Collections.unmodifiableMap(parts.biases());
    }

    /** Whether anything of this adapter applies at the module of a path. */
    public boolean changes(String path) {
        return parts.lowRanks().containsKey(path)
                || parts.anchors().containsKey(path)
                || parts.saved().containsKey(path)
                || parts.biases().containsKey(path)
                || parts.inserted().changes(path);
    }

    AdapterParts parts() {
        return parts;
    }

    /** Whether this is full fine-tuning: the trained values are the model's own, and no pair is beside them. */
    public boolean isFull() {
        return parts.lowRanks().isEmpty() && baseline.isEmpty();
    }

    /** Every tensor that training changes, in a fixed order, by its name in PEFT's files. */
    public Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        parts.lowRanks().forEach((path, pair) -> {
            tensors.put(parts.nameOfA(path), pair.a());
            tensors.put(parts.nameOfB(path), pair.b());
            if (pair.bias() != null) {
                tensors.put(TensorNames.loraBias(path), pair.bias());
            }
            if (pair.magnitude() != null) {
                tensors.put(TensorNames.magnitude(path), pair.magnitude().values());
            }
        });
        parts.saved().forEach((path, values) -> {
            tensors.put(TensorNames.weight(path), values.weight());
            if (values.bias() != null) {
                tensors.put(TensorNames.bias(path), values.bias());
            }
        });
        parts.biases()
                .forEach((path, bias) -> tensors.put(
                        parts.lowRanks().containsKey(path) ? TensorNames.baseBias(path) : TensorNames.bias(path),
                        bias));
        tensors.putAll(parts.inserted().tensors());
        return tensors;
    }

    /** Takes over trained values from the tensors of {@link AdapterFolder#files this adapter's own files}, by name. */
    public void restore(Map<String, Tensor> stored) {
        tensors()
                .forEach((name, tensor) -> tensor.copyFrom(
                        ConvertedAdapter.trained(this, name, Objects.requireNonNull(stored.get(name), name))));
        refresh();
    }

    /** Brings what is derived from the tensors up to date; to be called after they have changed. */
    public void refresh() {
        parts.lowRanks().values().forEach(LowRank::refresh);
    }

    /** Number of trained values. */
    public long parameters() {
        long untrained = parts.lowRanks().values().stream()
                .mapToLong(pair -> pair.a().elements() + pair.b().elements() - pair.trainedValues())
                .sum();
        return tensors().values().stream().mapToLong(Tensor::elements).sum() - untrained;
    }

    /** Bytes that its values take in memory, those of frozen pairs included. */
    public long bytes() {
        long frozen = parts.anchors().values().stream()
                .mapToLong(pair -> pair.a().elements() + pair.b().elements())
                .sum();
        long own = tensors().values().stream().mapToLong(Tensor::elements).sum();
        return Float.BYTES * (own + frozen);
    }

    /**
     * An independent copy with equal values, such as for serving while this one trains on.
     *
     * @throws AdapterException of full fine-tuning, whose values are the model's own
     */
    public Adapter copy() {
        if (isFull()) {
            throw new AdapterException(
                    "full fine-tuning changes the model's own weights and cannot be copied apart from"
                            + " it; write the model's folder and load that");
        }
        Scope owner = Scope.shared();
        try (Scope copying = Scope.open()) {
            AdapterParts copies = AdapterParts.empty();
            parts.inserted().copyInto(copies.inserted(), owner);
            parts.lowRanks().forEach((path, pair) -> copies.lowRanks().put(path, pair.copy(owner)));
            parts.anchors().forEach((path, pair) -> copies.anchors().put(path, pair.copy(owner)));
            copies.embeddings().addAll(parts.embeddings());
            copies.experts().addAll(parts.experts());
            copies.transposed().addAll(parts.transposed());
            copies.kernels().putAll(parts.kernels());
            parts.saved().forEach((path, values) -> copies.saved().put(path, values.copy(owner)));
            parts.biases().forEach((path, bias) -> copies.biases().put(path, owner.keep(bias.copy())));
            return new Adapter(new Identity(config, baseline, task, labels), copies, owner);
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
