package dev.lora4j.model;

import dev.lora4j.tensor.Activation;
import dev.lora4j.tensor.GatedUnit;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;

/** Gated feed-forward layer of a decoder (transformers' {@code LlamaMLP}): down(f(gate(x)) ∘ up(x)). */
record FeedForward(Linear gate, Linear up, Linear down, Activation activation) {
    static FeedForward load(Weights weights, DecoderConfig config, int layer) {
        String path = "model.layers." + layer + ".mlp.";
        boolean bias = config.bias().feedForward();
        return new FeedForward(
                weights.linear(path + "gate_proj", config.intermediate(), config.hidden(), bias),
                weights.linear(path + "up_proj", config.intermediate(), config.hidden(), bias),
                weights.linear(path + "down_proj", config.hidden(), config.intermediate(), bias),
                config.activation());
    }

    /** [tokens, hidden] to [tokens, hidden]. */
    Tensor apply(Tape tape, Tensor x, Routing routing) {
        Tensor gated = GatedUnit.apply(tape, gate.apply(tape, x, routing), up.apply(tape, x, routing), activation);
        return down.apply(tape, gated, routing);
    }

    List<AdaptableModule> modules() {
        return List.of(gate, up, down);
    }

    FeedForward map(ModuleChange change) {
        return new FeedForward(gate.map(change), up.map(change), down.map(change), activation);
    }
}
