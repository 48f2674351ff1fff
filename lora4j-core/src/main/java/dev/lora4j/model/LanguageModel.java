package dev.lora4j.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.FrozenMatrix;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
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
    private final Heads heads;
    private final ObjectNode config;
    private final long parameters;
    private final WeightFormat format;
    private final Scope scope;
    private volatile @Nullable String digest;

    private LanguageModel(String name, ModelTask task, Backbone backbone, Heads heads, Origin origin, Scope scope) {
        this.name = name;
        this.task = task;
        this.backbone = backbone;
        this.heads = heads;
        this.config = origin.config();
        this.parameters = origin.parameters();
        this.format = origin.format();
        this.scope = scope;
    }

    private record Origin(ObjectNode config, long parameters, WeightFormat format) {}

    /**
     * Loads a model for its usual task: the next token for a decoder, hidden states for an encoder.
     *
     * @throws UnsupportedModelException if the configuration or the tensors are not what a known family has
     */
    public static LanguageModel load(ModelFiles files) {
        return load(files, usualTask(files), Device.CPU);
    }

    /** What a model of this family and architecture is for when nobody says otherwise. */
    public static ModelTask usualTask(ModelFiles files) {
        return usualTask(files.config());
    }

    /** The same by the content of {@code config.json}. */
    public static ModelTask usualTask(ObjectNode config) {
        if (config.path("architectures").path(0).asText().endsWith("ForSequenceClassification")) {
            return ModelTask.SEQ_CLS;
        }
        String type = config.path("model_type").asText();
        return EncoderFamily.of(type).isPresent() ? ModelTask.FEATURE_EXTRACTION : ModelTask.CAUSAL_LM;
    }

    /** Loads a model for a task onto a device. */
    public static LanguageModel load(ModelFiles files, ModelTask task, Device device) {
        return load(files, task, device, WeightFormat.F32);
    }

    /**
     * Loads a model whose matrices are kept in a format.
     *
     * @param files to stay open as long as the model, if the format is {@link WeightFormat#STORED}
     * @throws UnsupportedModelException if the model or the device does not allow the format
     * @throws dev.lora4j.tensor.TensorException if the format is {@link WeightFormat#INT8_PRODUCTS} and the processor has
     *     no exact product of bytes
     */
    public static LanguageModel load(ModelFiles files, ModelTask task, Device device, WeightFormat format) {
        Scope scope = Scope.shared();
        try (Weights weights = new Weights(files, scope, device, format)) {
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

    /**
     * The same of a model of which there is only a configuration: every tensor is taken to be as that says.
     *
     * @param description for messages
     * @param config the content of {@code config.json}
     */
    public static LanguageModel outline(String description, ObjectNode config, ModelTask task) {
        return outline(ConfigOnly.of(description, config), task);
    }

    private static LanguageModel load(ModelFiles files, ModelTask task, Weights weights, Scope scope) {
        ConfigReader reader = new ConfigReader(files.description(), files.config());
        String type = reader.text("model_type", "");
        if (type.equals("gemma3") && reader.has("text_config")) {
            throw new UnsupportedModelException(files.description()
                    + ": model type \"gemma3\" reads images too; expected its text model, model type gemma3_text");
        }
        Optional<EncoderFamily> encoder = EncoderFamily.of(type);
        Loaded loaded = encoder.isPresent()
                ? encoder(encoder.get(), reader, task, weights)
                : decoder(type, reader, task, weights);
        Origin origin = new Origin(files.config(), weights.loaded(), weights.format());
        return new LanguageModel(files.description(), task, loaded.backbone(), loaded.heads(), origin, scope);
    }

    private record Loaded(Backbone backbone, Heads heads) {}

    private static Loaded encoder(EncoderFamily family, ConfigReader reader, ModelTask task, Weights weights) {
        if (task == ModelTask.CAUSAL_LM) {
            throw new UnsupportedModelException(
                    reader.model() + ": an encoder cannot predict the next token; use SEQ_CLS");
        }
        EncoderWeights named = EncoderWeights.of(weights, family, task);
        Backbone backbone = family.load(reader, named);
        int hidden = backbone.hiddenSize();
        HeadPlan plan = family.head(reader);
        Heads heads = task == ModelTask.SEQ_CLS
                ? Heads.load(plan, weights, hidden, reader.labels(), named::file)
                : Heads.bare(plan, named, hidden);
        return new Loaded(backbone, heads);
    }

    private static Loaded decoder(String type, ConfigReader reader, ModelTask task, Weights weights) {
        if (task == ModelTask.FEATURE_EXTRACTION) {
            throw new UnsupportedModelException(reader.model() + ": a " + type
                    + " model is for CAUSAL_LM or SEQ_CLS; hidden states by themselves need an encoder");
        }
        if (type.equals("gpt2")) {
            Gpt2Config config = Gpt2Config.of(reader);
            Heads heads = score("GPT2", config.hidden(), reader, task, weights);
            return new Loaded(Gpt2.load(config, weights, task), heads);
        }
        DecoderConfig config = DecoderConfig.of(reader, family(reader.model(), type));
        Heads heads = score(config.family().architecture(), config.hidden(), reader, task, weights);
        return new Loaded(Decoder.load(reader, config, weights, task), heads);
    }

    /** Read before the decoder, which refuses tensors that nobody has asked for. */
    private static Heads score(String architecture, int hidden, ConfigReader reader, ModelTask task, Weights weights) {
        HeadPlan plan = HeadPlan.score(architecture + "ForSequenceClassification");
        return task == ModelTask.SEQ_CLS
                ? Heads.load(plan, weights, hidden, reader.labels(), path -> path)
                : new Heads(plan, List.of());
    }

    private static DecoderConfig.Family family(String model, String type) {
        for (DecoderConfig.Family family : DecoderConfig.Family.values()) {
            if (family.name().equalsIgnoreCase(type)) {
                return family;
            }
        }
        throw new UnsupportedModelException(model + ": model type \"" + type
                + "\" is not supported; expected one of llama, mistral, mixtral, qwen2, qwen3, gemma, gemma2, gemma3_text, gpt2,"
                + " bert, roberta, xlm-roberta, camembert, distilbert, deberta-v2");
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

    /** What a tensor of the files is called in this model; empty if it has no place in one for this task. */
    public Optional<String> tensorName(String stored) {
        Optional<EncoderFamily> encoder =
                EncoderFamily.of(config.path("model_type").asText());
        if (encoder.isPresent()) {
            return encoder.get().tensorName(stored, task, heads.plan());
        }
        boolean otherHead = task == ModelTask.SEQ_CLS && stored.startsWith("lm_head.");
        String named = backbone instanceof Gpt2 ? Gpt2.tensorName(stored, heads.plan()) : stored;
        return otherHead ? Optional.empty() : Optional.of(named);
    }

    /** Every module that an adapter can change, in the model's order, heads last. */
    public List<AdaptableModule> modules() {
        List<AdaptableModule> modules = new ArrayList<>(backbone.modules());
        modules.addAll(heads.layers());
        return modules;
    }

    /** The modules of each block, and with those of the first all that comes before it. */
    public List<List<AdaptableModule>> modulesByBlock() {
        return backbone.reached();
    }

    /** Where other methods than low-rank adaptation put their values in each block. */
    public List<BlockSites> blockSites() {
        return backbone.sites();
    }

    /** The table of the vocabulary. */
    public EmbeddingTable wordEmbedding() {
        return (EmbeddingTable) backbone.modules().get(0);
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
     * <p>It tells models apart, such as another base under a checkpoint; it is no proof against tampering. The format
     * is part of it, since a base that is rounded otherwise is another one. It is that of the weights as they were at
     * the first call, which full fine-tuning makes before it changes them.
     */
    public String fingerprint() {
        String known = digest;
        if (known == null) {
            String values = ModelFingerprint.of(config, linears());
            known = format.isFloat32() ? values : values + "-" + format;
            digest = known;
        }
        return known;
    }

    /** How the matrices are kept in memory; of a view, those that it does not change. */
    public WeightFormat weightFormat() {
        return format;
    }

    /** Bytes that the matrices of linear layers and embedding tables take, tied ones once. */
    public long matrixBytes() {
        Set<FrozenMatrix> matrices = Collections.newSetFromMap(new IdentityHashMap<>());
        for (AdaptableModule module : modules()) {
            if (module instanceof Linear linear) {
                matrices.add(linear.matrix());
            } else if (module instanceof EmbeddingTable table) {
                matrices.add(table.matrix());
            }
        }
        return matrices.stream().mapToLong(FrozenMatrix::bytes).sum();
    }

    /**
     * Runs a batch up to the last hidden states.
     *
     * @return [tokens, hidden]
     */
    public Tensor hidden(TokenBatch batch, Routing routing, Tape tape) {
        return backbone.hidden(batch, new Pass(batch.sequences(), over(batch, routing), false), tape);
    }

    /** The same, keeping only each block's input and running blocks again in the backward pass. */
    public Tensor hiddenWithRecompute(TokenBatch batch, Routing routing, Tape tape) {
        return backbone.hidden(batch, new Pass(batch.sequences(), over(batch, routing), true), tape);
    }

    /**
     * How many blocks a batch passes before it reaches a module that is changed.
     *
     * <p>What comes out of them is the same whatever the values there are; it depends on the batch alone.
     *
     * @param changed whether the module of a path is changed, such as {@code adapter::changes}
     */
    public int blocksBelow(Predicate<String> changed) {
        int blocks = 0;
        for (List<AdaptableModule> modules : backbone.reached()) {
            if (modules.stream().anyMatch(module -> changed.test(module.path()))) {
                return blocks;
            }
            blocks++;
        }
        return blocks;
    }

    /**
     * Runs a batch through the embeddings and the lowest blocks, with no adapter.
     *
     * @return [tokens, hidden], what the block above them gets
     */
    public Tensor hiddenBelow(TokenBatch batch, int blocks) {
        Pass pass = new Pass(batch.sequences(), Routing.NONE, null, false, Stretch.below(blocks));
        return backbone.hidden(batch, pass, Tape.inference());
    }

    /**
     * Runs a batch up to the last hidden states from what its lowest blocks have made.
     *
     * @return [tokens, hidden]
     */
    public Tensor hiddenAbove(FrozenPrefix prefix, TokenBatch batch, Routing routing, Tape tape) {
        return backbone.hidden(batch, above(prefix, batch, routing, false), tape);
    }

    /** The same, keeping only each block's input and running blocks again in the backward pass. */
    public Tensor hiddenAboveWithRecompute(FrozenPrefix prefix, TokenBatch batch, Routing routing, Tape tape) {
        return backbone.hidden(batch, above(prefix, batch, routing, true), tape);
    }

    private static Pass above(FrozenPrefix prefix, TokenBatch batch, Routing routing, boolean recompute) {
        return new Pass(batch.sequences(), over(batch, routing), null, recompute, Stretch.above(prefix));
    }

    private static Routing over(TokenBatch batch, Routing routing) {
        return batch.virtualRows().isEmpty() ? routing : routing.over(batch.virtualRows());
    }

    /**
     * Continues sequences from their caches, which take up the new tokens.
     *
     * @param batch the new tokens of each sequence
     * @param caches one per sequence, all of the same {@link #newPages pages}
     * @return [new tokens, hidden]
     */
    public Tensor continued(TokenBatch batch, Routing routing, List<KvCache> caches) {
        if (caches.size() != batch.sequences().count()) {
            throw new IllegalArgumentException(
                    batch.sequences().count() + " sequences need as many caches, found " + caches.size());
        }
        try (Scope scope = Scope.open();
                CacheStep step = new CacheStep(batch.sequences(), caches)) {
            Pass pass = new Pass(batch.sequences(), over(batch, routing), step, false, Stretch.ALL);
            Tensor hidden = backbone.hidden(batch, pass, Tape.generation());
            step.advance();
            return scope.give(hidden);
        }
    }

    /** Memory for the keys and values of sequences to generate. */
    public KvPages newPages() {
        return causal().pages();
    }

    /** The output layer to the vocabulary of a decoder. */
    public Linear outputLayer() {
        Linear head = causal().head();
        if (head == null) {
            throw new UnsupportedModelException(name + ": it was loaded for " + task
                    + " and has no output layer to the vocabulary; load it for CAUSAL_LM");
        }
        return head;
    }

    /** c of {@code c · tanh(logit / c)} after the output layer, or 0. */
    public double logitSoftcap() {
        return causal().logitSoftcap();
    }

    /** Logits of some hidden states of a decoder, for its next tokens. */
    public Tensor logits(Tensor hidden, Routing routing) {
        return logits(hidden, routing, Tape.generation());
    }

    /**
     * Logits of some hidden states of a decoder.
     *
     * @param hidden [rows, hidden]
     * @param tape {@link Tape#generation} for its next tokens, {@link Tape#inference} to measure it
     * @return [rows, vocabulary]
     */
    public Tensor logits(Tensor hidden, Routing routing, Tape tape) {
        try (Scope inner = Scope.open()) {
            Tensor logits = outputLayer().apply(tape, hidden, routing);
            double cap = logitSoftcap();
            return inner.give(cap == 0 ? logits : logits.times(1 / cap).tanh().timesInPlace(cap));
        }
    }

    /** How a model of this family classifies sequences. */
    public HeadPlan headPlan() {
        return heads.plan();
    }

    /** A layer of the head for sequences, if the files have it. */
    public Optional<Linear> headLayer(String path) {
        return heads.layer(path);
    }

    /**
     * The head for sequences.
     *
     * @param own layers of an adapter's, by path, which stand in for the model's
     * @throws UnsupportedModelException if a layer is in neither
     */
    public SequenceHead sequenceHead(Function<String, Optional<Linear>> own) {
        HeadPlan plan = heads.plan();
        HeadPlan.Dense dense = plan.dense();
        return new SequenceHead(
                plan, dense == null ? null : headLayer(dense.path(), own), headLayer(plan.output(), own));
    }

    private Linear headLayer(String path, Function<String, Optional<Linear>> own) {
        return own.apply(path)
                .or(() -> heads.layer(path))
                .orElseThrow(() -> new UnsupportedModelException(name + ": neither the model nor the adapter has a \""
                        + path + "\"; expected an adapter trained for classification or regression"));
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
     * @param change of each module, the heads included; its values are of the calling thread's scope or of a longer one
     * @param added layers of the head for sequences that it had not; others are left out
     * @param owner to hold the replacement weights; closed with the view, which leaves this model as it is
     */
    public LanguageModel with(ModuleChange change, List<Linear> added, Scope owner) {
        ModuleChange owned = new OwnedChange(change, owner);
        Heads changed = heads.map(owned, added);
        return new LanguageModel(
                name, task, backbone.map(owned), changed, new Origin(config, parameters, format), owner);
    }

    @Override
    public void close() {
        scope.close();
    }
}
