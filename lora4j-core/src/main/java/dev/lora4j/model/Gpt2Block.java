package dev.lora4j.model;

import dev.lora4j.tensor.Activation;
import dev.lora4j.tensor.Add;
import dev.lora4j.tensor.AttentionShape;
import dev.lora4j.tensor.ColumnRange;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;

/**
 * One layer of GPT-2, norms before the branches (transformers' {@code GPT2Block}, without its dropout).
 *
 * <pre>
 * h = x + attention(norm(x))
 * y = h + down(f(up(norm(h))))
 * </pre>
 */
record Gpt2Block(
        Norm attentionNorm, Attend attention, Norm feedForwardNorm, Linear up, Linear down, Activation activation) {

    /** Self-attention whose queries, keys and values come from one layer, side by side [tokens, 3 · hidden]. */
    record Attend(Linear fused, Linear output, SelfAttention attention) {
        Tensor apply(Tape tape, Tensor x, Pass pass) {
            Tensor qkv = fused.apply(tape, x, pass.routing());
            long hidden = qkv.size(1) / 3;
            Tensor q = ColumnRange.apply(tape, qkv, 0, hidden);
            Tensor k = ColumnRange.apply(tape, qkv, hidden, 2 * hidden);
            Tensor v = ColumnRange.apply(tape, qkv, 2 * hidden, 3 * hidden);
            return output.apply(tape, attention.apply(tape, q, k, v, pass), pass.routing());
        }

        Attend map(ModuleChange change) {
            return new Attend(fused.map(change), output.map(change), attention);
        }
    }

    static Gpt2Block load(Weights weights, Gpt2Config config, String prefix, int layer) {
        Names names = new Names(weights, prefix, "h." + layer + ".", config.epsilon());
        long hidden = config.hidden();
        List<Linear.Part> parts =
                List.of(new Linear.Part("q", hidden), new Linear.Part("k", hidden), new Linear.Part("v", hidden));
        AttentionShape shape = new AttentionShape(
                config.heads(), config.heads(), config.hidden() / config.heads(), config.scale(layer), true, 0, 0);
        return new Gpt2Block(
                names.norm("ln_1", hidden),
                new Attend(
                        names.linear("attn.c_attn", 3 * hidden, hidden, parts),
                        names.linear("attn.c_proj", hidden, hidden, List.of()),
                        new SelfAttention(layer, shape)),
                names.norm("ln_2", hidden),
                names.linear("mlp.c_fc", config.intermediate(), hidden, List.of()),
                names.linear("mlp.c_proj", hidden, config.intermediate(), List.of()),
                config.activation());
    }

    /** The layer's modules by their names in it, whatever the files have before them. */
    private record Names(Weights weights, String prefix, String layer, double epsilon) {
        Linear linear(String name, long out, long in, List<Linear.Part> parts) {
            return weights.conv1d(Gpt2.PREFIX + layer + name, prefix + layer + name, out, in, parts);
        }

        Norm norm(String name, long width) {
            return Norm.layer(weights, Gpt2.PREFIX + layer + name, prefix + layer + name, width, epsilon);
        }
    }

    /** [tokens, hidden] to [tokens, hidden]. */
    Tensor apply(Tape tape, Tensor x, Pass pass) {
        try (Scope scope = Scope.open()) {
            Routing routing = pass.routing();
            Tensor attended = attention.apply(tape, attentionNorm.apply(tape, x, routing), pass);
            Tensor h = Add.apply(tape, x, attended);
            Tensor wide = up.apply(tape, feedForwardNorm.apply(tape, h, routing), routing);
            Tensor fed = down.apply(tape, activation.apply(tape, wide), routing);
            return scope.give(Add.apply(tape, h, fed));
        }
    }

    List<AdaptableModule> modules() {
        return List.of(attentionNorm, attention.fused(), attention.output(), feedForwardNorm, up, down);
    }

    BlockSites sites() {
        return new BlockSites(attentionNorm.path(), attention.output().path(), down.path(), down.path());
    }

    Gpt2Block map(ModuleChange change) {
        return new Gpt2Block(
                attentionNorm.map(change),
                attention.map(change),
                feedForwardNorm.map(change),
                up.map(change),
                down.map(change),
                activation);
    }
}
