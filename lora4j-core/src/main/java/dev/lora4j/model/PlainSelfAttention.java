package dev.lora4j.model;

import dev.lora4j.tensor.Attention;
import dev.lora4j.tensor.AttentionShape;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;

/** Self-attention over content alone (transformers' {@code BertAttention}). */
record PlainSelfAttention(Linear query, Linear key, Linear value, Linear output, AttentionShape shape)
        implements EncoderAttention {
    static PlainSelfAttention load(BertConfig config, BertParts.Attention parts, EncoderWeights weights, String path) {
        int hidden = config.hidden();
        return new PlainSelfAttention(
                weights.linear(path + parts.query(), hidden, hidden),
                weights.linear(path + parts.key(), hidden, hidden),
                weights.linear(path + parts.value(), hidden, hidden),
                weights.linear(path + parts.output(), hidden, hidden),
                AttentionShape.bidirectional(config.heads(), hidden / config.heads()));
    }

    @Override
    public Tensor apply(Tape tape, Tensor x, Pass pass) {
        Tensor q = query.apply(tape, x, pass.routing());
        Tensor k = key.apply(tape, x, pass.routing());
        Tensor v = value.apply(tape, x, pass.routing());
        return output.apply(tape, Attention.apply(tape, q, k, v, pass.sequences(), shape), pass.routing());
    }

    @Override
    public List<Linear> modules() {
        return List.of(query, key, value, output);
    }

    @Override
    public PlainSelfAttention map(ModuleChange change) {
        return new PlainSelfAttention(query.map(change), key.map(change), value.map(change), output.map(change), shape);
    }
}
