package dev.lora4j.model;

import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Recompute;
import dev.lora4j.tensor.Scale;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decoder of the Llama family: llama, mistral, qwen2, qwen3, gemma, gemma2, gemma3.
 *
 * <p>One class for all: the families differ in norms, biases, windows, rotary frequencies and scales, which the
 * configuration holds (transformers' {@code modeling_llama.py}, {@code modeling_gemma3.py} and so on).
 *
 * @param head to the vocabulary; shares its weight with the embedding when they are tied; null in a model with another
 *     head
 */
record Decoder(
        DecoderConfig config,
        EmbeddingTable embedding,
        List<DecoderBlock> blocks,
        Norm finalNorm,
        @Nullable Linear head,
        Ropes ropes)
        implements CausalBackbone {

    /** Rotary frequencies of full layers, and of gemma3's layers with a window. */
    record Ropes(Rope full, Rope local) {}

    /** Buffers that old checkpoints carry and nobody reads. */
    private static final Set<String> IGNORABLE = Set.of(".rotary_emb.inv_freq");

    static Decoder load(ConfigReader reader, DecoderConfig config, Weights weights, ModelTask task) {
        EmbeddingTable embedding = weights.embedding("model.embed_tokens", config.vocabulary(), config.hidden());
        List<DecoderBlock> blocks = new ArrayList<>();
        for (int i = 0; i < config.layers().size(); i++) {
            blocks.add(DecoderBlock.load(weights, config, i));
        }
        Norm finalNorm = DecoderBlock.norm(weights, "model.norm", config.hidden(), config);
        Linear head = task == ModelTask.CAUSAL_LM ? head(config, embedding, weights) : null;
        boolean headIsElsewhere = config.tiedEmbeddings() || head == null;
        weights.requireAllUsed(headIsElsewhere ? Set.of(".inv_freq", "lm_head.weight") : IGNORABLE);
        return new Decoder(config, embedding, blocks, finalNorm, head, ropes(reader, config));
    }

    private static Linear head(DecoderConfig config, EmbeddingTable embedding, Weights weights) {
        return config.tiedEmbeddings()
                ? weights.tiedOutputLayer("lm_head", embedding)
                : weights.outputLayer("lm_head", config.vocabulary(), config.hidden());
    }

    private static Ropes ropes(ConfigReader reader, DecoderConfig config) {
        int width = config.heads().width();
        boolean gemma3 = config.family() == DecoderConfig.Family.GEMMA3_TEXT;
        double theta = reader.positive("rope_theta", gemma3 ? 1_000_000 : 10_000);
        ConfigReader newer = reader.object("rope_parameters");
        if (newer.has("full_attention")) {
            ConfigReader full = newer.object("full_attention");
            ConfigReader local = newer.object("sliding_attention");
            return new Ropes(
                    Rope.of(full, full.positive("rope_theta", theta), width),
                    Rope.of(local, local.positive("rope_theta", 10_000), width));
        }
        ConfigReader scaling = newer.json().isEmpty() ? reader.object("rope_scaling") : newer;
        Rope full = Rope.of(scaling, scaling.positive("rope_theta", theta), width);
        ConfigReader none = reader.object("no such key");
        return new Ropes(full, gemma3 ? Rope.of(none, reader.positive("rope_local_base_freq", 10_000), width) : full);
    }

    @Override
    public Tensor hidden(TokenBatch batch, Pass pass, Tape tape) {
        batch.requireVocabulary(config.vocabulary());
        try (Scope scope = Scope.open()) {
            Stretch stretch = pass.stretch();
            Tensor x = stretch.input(() -> embedded(batch, pass, tape));
            long[] positions = pass.positions();
            RotaryTable full = ropes.full().table(positions).on(x);
            RotaryTable local = ropes.local() == ropes.full()
                    ? full
                    : ropes.local().table(positions).on(x);
            for (int i = stretch.first(); i < Math.min(stretch.end(), blocks.size()); i++) {
                DecoderBlock block = blocks.get(i);
                RotaryTable rotary = config.layers().get(i).local() ? local : full;
                x = pass.recompute()
                        ? Recompute.apply(
                                tape, x, rotary.tensors(), (inner, in) -> block.apply(inner, in, rotary, pass))
                        : block.apply(tape, x, rotary, pass);
            }
            return scope.give(stretch.endsBelow() ? x : finalNorm.apply(tape, x, pass.routing()));
        }
    }

    private Tensor embedded(TokenBatch batch, Pass pass, Tape tape) {
        Tensor ids = Tensor.of(batch.ids()).to(embedding.matrix().device());
        Tensor x = embedding.apply(tape, ids, pass.routing());
        return config.embeddingScale() == 1 ? x : Scale.apply(tape, x, config.embeddingScale());
    }

    @Override
    public List<List<AdaptableModule>> reached() {
        return Stretch.reached(List.of(embedding), blocks, DecoderBlock::modules);
    }

    @Override
    public List<AdaptableModule> modules() {
        List<AdaptableModule> modules = new ArrayList<>(List.of(embedding));
        blocks.forEach(block -> modules.addAll(block.modules()));
        modules.add(finalNorm);
        if (head != null) {
            modules.add(head);
        }
        return modules;
    }

    @Override
    public List<BlockSites> sites() {
        return blocks.stream().map(DecoderBlock::sites).toList();
    }

    @Override
    public Decoder map(ModuleChange change) {
        return new Decoder(
                config,
                embedding.map(change),
                blocks.stream().map(block -> block.map(change)).toList(),
                finalNorm.map(change),
                head == null ? null : head.map(change),
                ropes);
    }

    @Override
    public int hiddenSize() {
        return config.hidden();
    }

    @Override
    public int maxPositions() {
        return config.maxPositions();
    }

    @Override
    public int vocabularySize() {
        return config.vocabulary();
    }

    @Override
    public boolean hasTiedEmbeddings() {
        return config.tiedEmbeddings();
    }

    @Override
    public double logitSoftcap() {
        return config.logitSoftcap();
    }

    @Override
    public KvPages pages() {
        Device device = embedding.matrix().device();
        DecoderConfig.Heads heads = config.heads();
        return new KvPages(blocks.size(), (long) heads.keyValues() * heads.width(), device);
    }
}
