package dev.lora4j.model;

import dev.lora4j.tensor.Activation;
import dev.lora4j.tensor.Add;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * One layer of BERT, norms after the branches (transformers' {@code BertLayer} and {@code TransformerBlock}).
 *
 * <pre>
 * h = norm(x + attention(x))
 * y = norm(h + down(f(up(h))))
 * </pre>
 */
record BertBlock(
        EncoderAttention attention,
        Norm attentionNorm,
        Linear up,
        Linear down,
        Norm outputNorm,
        Activation activation) {

    static BertBlock load(
            BertConfig config, BertParts parts, EncoderWeights weights, int layer, EncoderAttention attention) {
        String path = parts.layers() + layer + ".";
        int hidden = config.hidden();
        return new BertBlock(
                attention,
                weights.norm(path + parts.attention().norm(), hidden, config.epsilon()),
                weights.linear(path + parts.up(), config.intermediate(), hidden),
                weights.linear(path + parts.down(), hidden, config.intermediate()),
                weights.norm(path + parts.outputNorm(), hidden, config.epsilon()),
                config.activation());
    }

    /** [tokens, hidden] to [tokens, hidden]. */
    Tensor apply(Tape tape, Tensor x, Pass pass) {
        try (Scope scope = Scope.open()) {
            Routing routing = pass.routing();
            Tensor h = attentionNorm.apply(tape, Add.apply(tape, x, attention.apply(tape, x, pass)), routing);
            Tensor fed = down.apply(tape, activation.apply(tape, up.apply(tape, h, routing)), routing);
            return scope.give(outputNorm.apply(tape, Add.apply(tape, h, fed), routing));
        }
    }

    List<AdaptableModule> modules() {
        List<AdaptableModule> modules = new ArrayList<>(attention.modules());
        modules.addAll(List.of(attentionNorm, up, down, outputNorm));
        return modules;
    }

    /** Of blocks that follow on a norm. */
    static List<BlockSites> sites(Norm before, List<BertBlock> blocks) {
        List<BlockSites> sites = new ArrayList<>();
        Norm states = before;
        for (BertBlock block : blocks) {
            sites.add(new BlockSites(
                    states.path(), block.attention.output().path(), block.down.path(), block.outputNorm.path()));
            states = block.outputNorm;
        }
        return sites;
    }

    BertBlock map(ModuleChange change) {
        return new BertBlock(
                attention.map(change),
                attentionNorm.map(change),
                up.map(change),
                down.map(change),
                outputNorm.map(change),
                activation);
    }
}
