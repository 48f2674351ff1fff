package dev.lora4j.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A frozen language model: its weights, and the way from token ids to hidden states and logits.
 *
 * <p>Adapters are passed to each call as a {@link Routing}; the model never changes, so one base can train some
 * adapters and serve others at the same time. Immutable and safe for any number of threads until it is closed.
 */
public final class LanguageModel implements AutoCloseable {
    private final String name;
    private final ModelTask task;
    private final Backbone backbone;
    private final @Nullable Linear pooler;
    private final @Nullable Linear classifier;
    private final ObjectNode config;
    private final long parameters;
    private final Scope scope;

    private LanguageModel(String name, ModelTask task, Backbone backbone, Heads heads, Origin origin, Scope scope) {
        this.name = name;
        this.task = task;
        this.backbone = backbone;
        this.pooler = heads.pooler();
        this.classifier = heads.classifier();
        this.config = origin.config();
        this.parameters = origin.parameters();
        this.scope = scope;
    }

    private record Heads(@Nullable Linear pooler, @Nullable Linear classifier) {}

    private record Origin(ObjectNode config, long parameters) {}

    /**
     * Loads a model for its usual task: the next token for a decoder, hidden states for an encoder.
     *
     * @throws UnsupportedModelException if the configuration or the tensors are not what a known family has
     */
    public static LanguageModel load(ModelFiles files) {
        return load(files, usualTask(files), Device.CPU);
    }

    /** What a model of this family is for when nobody says otherwise. */
    public static ModelTask usualTask(ModelFiles files) {
        boolean encoder = files.config().path("model_type").asText().equals("bert");
        return encoder ? ModelTask.FEATURE_EXTRACTION : ModelTask.CAUSAL_LM;
    }

    /** Loads a model for a task onto a device. */
    public static LanguageModel load(ModelFiles files, ModelTask task, Device device) {
        Scope scope = Scope.shared();
        try (Weights weights = new Weights(files, scope, device)) {
            return load(files, task, weights, scope);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    /**
     * The layers and shapes of a model without its weights, which read as zero and take no memory.
     *
     * <p>For whoever asks what an adapter would change, not for computing.
     */
    public static LanguageModel outline(ModelFiles files, ModelTask task) {
        Scope scope = Scope.shared();
        try (Weights weights = Weights.outline(files, scope)) {
            return load(files, task, weights, scope);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    private static LanguageModel load(ModelFiles files, ModelTask task, Weights weights, Scope scope) {
        ConfigReader reader = new ConfigReader(files.description(), files.config());
        String type = reader.text("model_type", "");
        if (type.equals("gemma3") && reader.has("text_config")) {
            throw new UnsupportedModelException(files.description()
                    + ": model type \"gemma3\" reads images too; expected its text model, model type gemma3_text");
        }
        if (type.equals("bert")) {
            return loadBert(files, task, weights, scope, BertConfig.of(reader));
        }
        if (task != ModelTask.CAUSAL_LM) {
            throw new UnsupportedModelException(
                    files.description() + ": a " + type + " model is for CAUSAL_LM; " + task + " needs a bert model");
        }
        CausalBackbone backbone = type.equals("gpt2")
                ? Gpt2.load(Gpt2Config.of(reader), weights)
                : Decoder.load(reader, DecoderConfig.of(reader, family(files.description(), type)), weights);
        return new LanguageModel(
                files.description(),
                task,
                backbone,
                new Heads(null, null),
                new Origin(files.config(), weights.loaded()),
                scope);
    }

    private static DecoderConfig.Family family(String model, String type) {
        for (DecoderConfig.Family family : DecoderConfig.Family.values()) {
            if (family.name().equalsIgnoreCase(type)) {
                return family;
            }
        }
        throw new UnsupportedModelException(
                model + ": model type \"" + type
                        + "\" is not supported; expected one of llama, mistral, qwen2, qwen3, gemma, gemma2, gemma3_text, gpt2, bert");
    }

    private static LanguageModel loadBert(
            ModelFiles files, ModelTask task, Weights weights, Scope scope, BertConfig config) {
        if (task == ModelTask.CAUSAL_LM) {
            throw new UnsupportedModelException(
                    files.description() + ": a bert model cannot predict the next token; use SEQ_CLS");
        }
        Bert.Names names = Bert.Names.of(weights, task);
        Bert bert = Bert.load(config, weights, names);
        Linear pooler = weights.has(names.file("pooler.dense.weight"))
                ? names.linear(weights, "pooler.dense", config.hidden(), config.hidden())
                : null;
        Linear classifier = weights.has("classifier.weight")
                ? weights.linear("classifier", config.labels(), config.hidden(), true)
                : null;
        return new LanguageModel(
                files.description(),
                task,
                bert,
                new Heads(pooler, classifier),
                new Origin(files.config(), weights.loaded()),
                scope);
    }

    /** Where it came from, for messages. */
    public String name() {
        return name;
    }

    /** What it is used for. */
    public ModelTask task() {
        return task;
    }

    /** The content of {@code config.json}. */
    public ObjectNode config() {
        return config.deepCopy();
    }

    /** Width of the hidden states. */
    public int hiddenSize() {
        return backbone.hiddenSize();
    }

    /** Most tokens that a sequence may have. */
    public int maxPositions() {
        return backbone.maxPositions();
    }

    /** Size of the vocabulary. */
    public int vocabularySize() {
        return backbone.vocabularySize();
    }

    /** True if the output layer reads the embedding's own weight. */
    public boolean hasTiedEmbeddings() {
        return backbone instanceof CausalBackbone causal && causal.hasTiedEmbeddings();
    }

    /** Every module that an adapter can change, in the model's order, heads last. */
    public List<AdaptableModule> modules() {
        List<AdaptableModule> modules = new ArrayList<>(backbone.modules());
        if (pooler != null) {
            modules.add(pooler);
        }
        if (classifier != null) {
            modules.add(classifier);
        }
        return modules;
    }

    /** Every linear layer, in the model's order, heads last. */
    public List<Linear> linears() {
        return modules().stream()
                .filter(Linear.class::isInstance)
                .map(Linear.class::cast)
                .toList();
    }

    /** Values in all weights, tied ones once. */
    public long parameters() {
        return parameters;
    }

    /**
     * A short identity of the weights: the configuration and a few values of every linear layer.
     *
     * <p>It tells models apart, such as another base under a checkpoint; it is no proof against tampering.
     */
    public String fingerprint() {
        return ModelFingerprint.of(config, linears());
    }

    /**
     * Runs a batch up to the last hidden states.
     *
     * @return [tokens, hidden]
     */
    public Tensor hidden(TokenBatch batch, Routing routing, Tape tape) {
        return backbone.hidden(batch, new Pass(batch.sequences(), routing, List.of(), false), tape);
    }

    /** The same, keeping only each block's input and running blocks again in the backward pass. */
    public Tensor hiddenWithRecompute(TokenBatch batch, Routing routing, Tape tape) {
        return backbone.hidden(batch, new Pass(batch.sequences(), routing, List.of(), true), tape);
    }

    /**
     * Continues sequences from their caches, which take up the new tokens.
     *
     * @param batch the new tokens of each sequence
     * @param caches one per sequence, from {@link #newCache}
     * @return [new tokens, hidden]
     */
    public Tensor continued(TokenBatch batch, Routing routing, List<KvCache> caches) {
        if (caches.size() != batch.sequences().count()) {
            throw new IllegalArgumentException(
                    batch.sequences().count() + " sequences need as many caches, found " + caches.size());
        }
        return backbone.hidden(batch, new Pass(batch.sequences(), routing, caches, false), Tape.inference());
    }

    /** An empty cache for one sequence of at most this many tokens. */
    public KvCache newCache(int capacity) {
        return causal().cache(capacity);
    }

    /** The output layer to the vocabulary of a decoder. */
    public Linear outputLayer() {
        return causal().head();
    }

    /** c of {@code c · tanh(logit / c)} after the output layer, or 0. */
    public double logitSoftcap() {
        return causal().logitSoftcap();
    }

    /**
     * Logits of some hidden states of a decoder.
     *
     * @param hidden [rows, hidden]
     * @return [rows, vocabulary]
     */
    public Tensor logits(Tensor hidden, Routing routing) {
        try (Scope inner = Scope.open()) {
            Tensor logits = outputLayer().apply(Tape.inference(), hidden, routing);
            double cap = logitSoftcap();
            return inner.give(cap == 0 ? logits : logits.times(1 / cap).tanh().timesInPlace(cap));
        }
    }

    /** The pooler of an encoder, if its files have one. */
    public Optional<Linear> pooler() {
        return Optional.ofNullable(pooler);
    }

    /** The classifier of an encoder, if its files have one. */
    public Optional<Linear> classifier() {
        return Optional.ofNullable(classifier);
    }

    private CausalBackbone causal() {
        if (backbone instanceof CausalBackbone causal) {
            return causal;
        }
        throw new UnsupportedModelException(name + ": an encoder has no output layer to the vocabulary");
    }

    /**
     * A view of this model with other values in some modules; all other weights are shared.
     *
     * @param change of each module, the heads included
     * @param added heads of an encoder that it had not; by path
     * @param owner of the replacement weights; closed with the view, which leaves this model as it is
     */
    public LanguageModel with(ModuleChange change, List<Linear> added, Scope owner) {
        Linear newPooler = pooler == null ? find(added, "pooler.dense") : pooler.map(change);
        Linear newClassifier = classifier == null ? find(added, "classifier") : classifier.map(change);
        return new LanguageModel(
                name,
                task,
                backbone.map(change),
                new Heads(newPooler, newClassifier),
                new Origin(config, parameters),
                owner);
    }

    private static @Nullable Linear find(List<Linear> linears, String suffix) {
        return linears.stream()
                .filter(linear -> linear.path().endsWith(suffix))
                .findFirst()
                .orElse(null);
    }

    @Override
    public void close() {
        scope.close();
    }
}
