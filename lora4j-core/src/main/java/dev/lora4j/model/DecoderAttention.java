package dev.lora4j.model;

import dev.lora4j.tensor.AttentionShape;
import dev.lora4j.tensor.Rotary;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Self-attention of a decoder layer (transformers' {@code LlamaAttention} and its relatives).
 *
 * @param inputs to queries, keys and values
 * @param queryNorm of each query head, or null
 * @param keyNorm of each key head, or null
 */
record DecoderAttention(
        SiblingLinears inputs,
        Linear output,
        @Nullable Norm queryNorm,
        @Nullable Norm keyNorm,
        SelfAttention attention) {

    static DecoderAttention load(Weights weights, DecoderConfig config, int layer) {
        String path = "model.layers." + layer + ".self_attn.";
        DecoderConfig.Heads heads = config.heads();
        long queryWidth = (long) heads.queries() * heads.width();
        long keyWidth = (long) heads.keyValues() * heads.width();
        boolean bias = config.bias().queryKeyValue();
        boolean norms = config.norm().queryKey();
        return new DecoderAttention(
                weights.siblings(
                        config.hidden(),
                        List.of(
                                new Weights.Sibling(path + "q_proj", queryWidth, bias),
                                new Weights.Sibling(path + "k_proj", keyWidth, bias),
                                new Weights.Sibling(path + "v_proj", keyWidth, bias))),
                weights.linear(
                        path + "o_proj",
                        config.hidden(),
                        queryWidth,
                        config.bias().output()),
                norms ? DecoderBlock.norm(weights, path + "q_norm", heads.width(), config) : null,
                norms ? DecoderBlock.norm(weights, path + "k_norm", heads.width(), config) : null,
                new SelfAttention(layer, shape(config, layer)));
    }

    private static AttentionShape shape(DecoderConfig config, int layer) {
        DecoderConfig.Heads heads = config.heads();
        int window = config.layers().get(layer).window();
        return new AttentionShape(
                heads.queries(), heads.keyValues(), heads.width(), heads.scale(), true, window, heads.softcap());
    }

    /**
     * Attends.
     *
     * @param x [tokens, hidden], normalised
     * @return [tokens, hidden]
     */
    Tensor apply(Tape tape, Tensor x, RotaryTable rotary, Pass pass) {
        List<Tensor> all = inputs.apply(tape, x, pass.routing());
        Tensor q = rotated(tape, all.get(0), queryNorm, rotary, pass);
        Tensor k = rotated(tape, all.get(1), keyNorm, rotary, pass);
        Tensor v = all.get(2);
        return output.apply(tape, attention.apply(tape, q, k, v, pass), pass.routing());
    }

    private static Tensor rotated(Tape tape, Tensor x, @Nullable Norm norm, RotaryTable rotary, Pass pass) {
        Tensor normed = norm == null ? x : norm.apply(tape, x, pass.routing());
        return Rotary.apply(tape, normed, rotary.cos(), rotary.sin());
    }

    List<AdaptableModule> modules() {
        List<AdaptableModule> modules = new ArrayList<>(inputs.layers());
        modules.add(output);
        if (queryNorm != null) {
            modules.add(queryNorm);
        }
        if (keyNorm != null) {
            modules.add(keyNorm);
        }
        return modules;
    }

    DecoderAttention map(ModuleChange change) {
        return new DecoderAttention(
                inputs.map(change),
                output.map(change),
                queryNorm == null ? null : queryNorm.map(change),
                keyNorm == null ? null : keyNorm.map(change),
                attention);
    }
}
