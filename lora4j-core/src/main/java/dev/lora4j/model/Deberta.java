package dev.lora4j.model;

import dev.lora4j.tensor.Activation;
import dev.lora4j.tensor.Add;
import dev.lora4j.tensor.AttentionShape;
import dev.lora4j.tensor.Recompute;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * DeBERTa encoder, versions 2 and 3 (arXiv 2006.03654, 2111.09543; transformers' {@code DebertaV2Model}).
 *
 * <p>Positions enter attention as ways from token to token. The xlarge models have a convolution over the input whose
 * result is added to the first layer's.
 *
 * @param beside the convolution, or null
 */
record Deberta(
        DebertaConfig config,
        DebertaEmbeddings embeddings,
        List<BertBlock> blocks,
        @Nullable Beside beside) implements Backbone {

    /** norm(x + f(convolution(input))) after the first layer. */
    record Beside(Convolution convolution, Norm norm, Activation activation) {
        static Beside load(DebertaConfig config, DebertaConfig.Convolved convolved, EncoderWeights weights) {
            int hidden = config.bert().hidden();
            return new Beside(
                    weights.convolution("encoder.conv.conv", hidden, convolved),
                    weights.norm("encoder.conv.LayerNorm", hidden, config.bert().epsilon()),
                    convolved.activation());
        }

        Tensor apply(Tape tape, Tensor input, Tensor x, Pass pass) {
            Tensor convolved = activation.apply(tape, convolution.apply(tape, input, pass));
            return norm.apply(tape, Add.apply(tape, x, convolved), pass.routing());
        }

        Beside map(ModuleChange change) {
            return new Beside(convolution.map(change), norm.map(change), activation);
        }
    }

    static Deberta load(DebertaConfig config, EncoderWeights weights) {
        DebertaEmbeddings embeddings = DebertaEmbeddings.load(config, weights);
        DebertaConfig.Relative relative = config.relative();
        RelativeTable table = relative == null ? null : RelativeTable.load(config, relative, weights);
        List<BertBlock> blocks = new ArrayList<>();
        for (int i = 0; i < config.bert().layers(); i++) {
            String path = BertParts.DEBERTA.layers() + i + ".";
            EncoderAttention attention = relative == null || table == null
                    ? plain(config, weights, path)
                    : DisentangledSelfAttention.load(config, table, relative, weights, path);
            blocks.add(BertBlock.load(config.bert(), BertParts.DEBERTA, weights, i, attention));
        }
        DebertaConfig.Convolved convolved = config.convolution();
        return new Deberta(
                config, embeddings, blocks, convolved == null ? null : Beside.load(config, convolved, weights));
    }

    private static PlainSelfAttention plain(DebertaConfig config, EncoderWeights weights, String path) {
        DisentangledSelfAttention.Content content = DisentangledSelfAttention.Content.load(config, weights, path);
        int heads = config.bert().heads();
        int width = config.bert().hidden() / heads;
        return new PlainSelfAttention(
                content.query(),
                content.key(),
                content.value(),
                content.output(),
                new AttentionShape(heads, heads, width, config.attentionScale(), false, 0, 0));
    }

    @Override
    public Tensor hidden(TokenBatch batch, Pass pass, Tape tape) {
        batch.requireVocabulary(vocabularySize());
        pass.requireLengths(maxPositions());
        try (Scope scope = Scope.open()) {
            Stretch stretch = pass.stretch();
            Tensor input = stretch.input(() -> embeddings.apply(tape, batch, pass));
            Tensor x = input;
            for (int i = stretch.first(); i < Math.min(stretch.end(), blocks.size()); i++) {
                BertBlock block = blocks.get(i);
                x = pass.recompute()
                        ? Recompute.apply(tape, x, List.of(), (inner, in) -> block.apply(inner, in, pass))
                        : block.apply(tape, x, pass);
                if (i == 0 && beside != null) {
                    x = beside.apply(tape, input, x, pass);
                }
            }
            return scope.give(x);
        }
    }

    @Override
    public List<AdaptableModule> modules() {
        List<AdaptableModule> modules = new ArrayList<>(embeddings.modules());
        blocks.forEach(block -> modules.addAll(block.modules()));
        modules.addAll(besideTheBlocks());
        return modules;
    }

    /** The norm of the table that every block reads, and the convolution beside the first. */
    private List<AdaptableModule> besideTheBlocks() {
        List<AdaptableModule> modules = new ArrayList<>();
        if (blocks.get(0).attention() instanceof DisentangledSelfAttention attention
                && attention.table().norm() != null) {
            modules.add(attention.table().norm());
        }
        if (beside != null) {
            modules.add(beside.convolution());
            modules.add(beside.norm());
        }
        return modules;
    }

    @Override
    public List<List<AdaptableModule>> reached() {
        List<AdaptableModule> before = new ArrayList<>(embeddings.modules());
        before.addAll(besideTheBlocks());
        return Stretch.reached(before, blocks, BertBlock::modules);
    }

    @Override
    public List<BlockSites> sites() {
        List<BlockSites> sites = new ArrayList<>(BertBlock.sites(embeddings.norm(), blocks));
        if (beside != null && sites.size() > 1) {
            BlockSites second = sites.get(1);
            String states = beside.norm().path();
            sites.set(1, new BlockSites(states, second.attention(), second.feedForward(), second.end()));
        }
        return sites;
    }

    @Override
    public Deberta map(ModuleChange change) {
        return new Deberta(
                config,
                embeddings.map(change),
                blocks.stream().map(block -> block.map(change)).toList(),
                beside == null ? null : beside.map(change));
    }

    @Override
    public int hiddenSize() {
        return config.bert().hidden();
    }

    @Override
    public int maxPositions() {
        return config.bert().positions().longest();
    }

    @Override
    public int vocabularySize() {
        return config.bert().vocabulary();
    }
}
