package dev.lora4j.model;

import dev.lora4j.tensor.Activation;
import dev.lora4j.tensor.Add;
import dev.lora4j.tensor.Attention;
import dev.lora4j.tensor.AttentionShape;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;

/**
 * One layer of BERT, norms after the branches (transformers' {@code BertLayer}, without its dropout).
 *
 * <pre>
 * h = norm(x + attention(x))
 * y = norm(h + down(f(up(h))))
 * </pre>
 */
record BertBlock(Attend attention, Norm attentionNorm, Linear up, Linear down, Norm outputNorm, Activation activation) {

    /** The four linear layers of self-attention and how they are read. */
    record Attend(Linear query, Linear key, Linear value, Linear output, AttentionShape shape) {
        Tensor apply(Tape tape, Tensor x, Pass pass) {
            Tensor q = query.apply(tape, x, pass.routing());
            Tensor k = key.apply(tape, x, pass.routing());
            Tensor v = value.apply(tape, x, pass.routing());
            return output.apply(tape, Attention.apply(tape, q, k, v, pass.sequences(), shape), pass.routing());
        }

        Attend map(ModuleChange change) {
            return new Attend(query.map(change), key.map(change), value.map(change), output.map(change), shape);
        }
    }

    static BertBlock load(Weights weights, BertConfig config, Bert.Names names, int layer) {
        String path = "encoder.layer." + layer + ".";
        int hidden = config.hidden();
        Attend attention = new Attend(
                names.linear(weights, path + "attention.self.query", hidden, hidden),
                names.linear(weights, path + "attention.self.key", hidden, hidden),
                names.linear(weights, path + "attention.self.value", hidden, hidden),
                names.linear(weights, path + "attention.output.dense", hidden, hidden),
                AttentionShape.bidirectional(config.heads(), hidden / config.heads()));
        return new BertBlock(
                attention,
                names.norm(weights, path + "attention.output.LayerNorm", config),
                names.linear(weights, path + "intermediate.dense", config.intermediate(), hidden),
                names.linear(weights, path + "output.dense", hidden, config.intermediate()),
                names.norm(weights, path + "output.LayerNorm", config),
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
        return List.of(
                attention.query(),
                attention.key(),
                attention.value(),
                attention.output(),
                attentionNorm,
                up,
                down,
                outputNorm);
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
