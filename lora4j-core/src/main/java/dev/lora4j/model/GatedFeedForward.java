package dev.lora4j.model;

import dev.lora4j.tensor.Activation;
import dev.lora4j.tensor.GatedUnit;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;

/** Gated feed-forward layer of a decoder (transformers' {@code LlamaMLP}): down(f(gate(x)) ∘ up(x)). */
record GatedFeedForward(Linear gate, Linear up, Linear down, Activation activation) implements FeedForward {
    static GatedFeedForward load(Weights weights, DecoderConfig config, int layer) {
        String path = "model.layers." + layer + ".mlp.";
        boolean bias = config.bias().feedForward();
        return new GatedFeedForward(
                weights.linear(path + "gate_proj", config.intermediate(), config.hidden(), bias),
                weights.linear(path + "up_proj", config.intermediate(), config.hidden(), bias),
                weights.linear(path + "down_proj", config.hidden(), config.intermediate(), bias),
                config.activation());
    }

    @Override
    public Tensor apply(Tape tape, Tensor x, Routing routing) {
        Tensor gated = GatedUnit.apply(tape, gate.apply(tape, x, routing), up.apply(tape, x, routing), activation);
        return down.apply(tape, gated, routing);
    }

    @Override
    public List<AdaptableModule> modules() {
        return List.of(gate, up, down);
    }

    @Override
    public GatedFeedForward map(ModuleChange change) {
        return new GatedFeedForward(gate.map(change), up.map(change), down.map(change), activation);
    }
}
