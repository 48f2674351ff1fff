package dev.lora4j.model;

import dev.lora4j.tensor.Add;
import dev.lora4j.tensor.FrozenMatrix;
import dev.lora4j.tensor.Recompute;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encoder of BERT's kind: bert (arXiv 1810.04805), roberta, xlm-roberta, camembert, distilbert.
 *
 * <p>transformers' {@code BertModel} and so on, without their dropout. The families differ in the names of their parts,
 * in how positions are counted, and in whether the texts of a pair are told apart by a type.
 */
record Bert(BertConfig config, Embeddings embeddings, List<BertBlock> blocks) implements Backbone {
    /** The tables and the norm over their sum; types is null where there are none. */
    record Embeddings(
            EmbeddingTable words,
            EmbeddingTable positions,
            @Nullable EmbeddingTable types,
            Norm norm) {
        static Embeddings load(BertConfig config, EncoderWeights weights) {
            int hidden = config.hidden();
            return new Embeddings(
                    weights.table("embeddings.word_embeddings", config.vocabulary(), hidden),
                    positions(config, weights),
                    config.types() == 0
                            ? null
                            : weights.table("embeddings.token_type_embeddings", config.types(), hidden),
                    weights.norm("embeddings.LayerNorm", hidden, config.epsilon()));
        }

        private static EmbeddingTable positions(BertConfig config, EncoderWeights weights) {
            String name = "embeddings.position_embeddings";
            int rows = config.positions().rows();
            if (config.positions().sinusoidal() && !weights.has(name + ".weight")) {
                Tensor waves = weights.weights().own(SinusoidalPositions.table(rows, config.hidden()));
                return new EmbeddingTable(weights.modulePrefix() + name, FrozenMatrix.of(waves));
            }
            return weights.table(name, rows, config.hidden());
        }

        Embeddings map(ModuleChange change) {
            return new Embeddings(
                    words.map(change),
                    positions.map(change),
                    types == null ? null : types.map(change),
                    norm.map(change));
        }

        List<AdaptableModule> modules() {
            return types == null ? List.of(words, positions, norm) : List.of(words, positions, types, norm);
        }
    }

    static Bert load(BertConfig config, BertParts parts, EncoderWeights weights) {
        Embeddings embeddings = Embeddings.load(config, weights);
        List<BertBlock> blocks = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            String path = parts.layers() + i + ".";
            EncoderAttention attention = PlainSelfAttention.load(config, parts.attention(), weights, path);
            blocks.add(BertBlock.load(config, parts, weights, i, attention));
        }
        return new Bert(config, embeddings, blocks);
    }

    @Override
    public Tensor hidden(TokenBatch batch, Pass pass, Tape tape) {
        batch.requireVocabulary(config.vocabulary());
        pass.requireLengths(maxPositions());
        try (Scope scope = Scope.open()) {
            Tensor x = pass.stretch().input(() -> embedded(batch, pass, tape));
            for (BertBlock block : pass.stretch().of(blocks)) {
                x = pass.recompute()
                        ? Recompute.apply(tape, x, List.of(), (inner, in) -> block.apply(inner, in, pass))
                        : block.apply(tape, x, pass);
            }
            return scope.give(x);
        }
    }

    private Tensor embedded(TokenBatch batch, Pass pass, Tape tape) {
        Routing routing = pass.routing();
        Tensor x = embeddings.words().apply(tape, onDevice(batch.ids()), routing);
        EmbeddingTable types = embeddings.types();
        if (types != null) {
            x = Add.apply(tape, x, types.apply(tape, onDevice(batch.types(config.types())), routing));
        }
        x = Add.apply(tape, x, embeddings.positions().apply(tape, onDevice(positions(batch)), routing));
        return embeddings.norm().apply(tape, x, routing);
    }

    /** From 0; in RoBERTa from behind the padding's row, where a padding token itself stands. */
    private long[] positions(TokenBatch batch) {
        int padding = config.positions().padding();
        if (padding < 0) {
            return batch.sequences().positions();
        }
        long[] ids = batch.ids();
        long[] positions = new long[ids.length];
        for (int i = 0; i < batch.sequences().count(); i++) {
            long next = padding + 1L;
            int start = batch.sequences().offset(i);
            for (int t = start; t < start + batch.sequences().length(i); t++) {
                positions[t] = ids[t] == padding ? padding : next++;
            }
        }
        return positions;
    }

    private Tensor onDevice(long[] indices) {
        return Tensor.of(indices).to(embeddings.words().matrix().device());
    }

    @Override
    public List<AdaptableModule> modules() {
        List<AdaptableModule> modules = new ArrayList<>(embeddings.modules());
        blocks.forEach(block -> modules.addAll(block.modules()));
        return modules;
    }

    @Override
    public List<List<AdaptableModule>> reached() {
        return Stretch.reached(embeddings.modules(), blocks, BertBlock::modules);
    }

    @Override
    public List<BlockSites> sites() {
        return BertBlock.sites(embeddings.norm(), blocks);
    }

    @Override
    public Bert map(ModuleChange change) {
        return new Bert(
                config,
                embeddings.map(change),
                blocks.stream().map(block -> block.map(change)).toList());
    }

    @Override
    public int hiddenSize() {
        return config.hidden();
    }

    @Override
    public int maxPositions() {
        return config.positions().longest();
    }

    @Override
    public int vocabularySize() {
        return config.vocabulary();
    }
}
