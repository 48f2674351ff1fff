package dev.lora4j.model;

import dev.lora4j.tensor.Activation;
import dev.lora4j.tensor.GatedUnit;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/** Gated feed-forward layer of a decoder (transformers' {@code LlamaMLP}): down(f(gate(x)) ∘ up(x)), inputs being gate and up. */
record GatedFeedForward(SiblingLinears inputs, Linear down, Activation activation) implements FeedForward {
    static GatedFeedForward load(Weights weights, DecoderConfig config, int layer) {
        String path = "model.layers." + layer + ".mlp.";
        boolean bias = config.bias().feedForward();
        return new GatedFeedForward(
                weights.siblings(
                        config.hidden(),
                        List.of(
                                new Weights.Sibling(path + "gate_proj", config.intermediate(), bias),
                                new Weights.Sibling(path + "up_proj", config.intermediate(), bias))),
                weights.linear(path + "down_proj", config.hidden(), config.intermediate(), bias),
                config.activation());
    }

    @Override
    public Tensor apply(Tape tape, Tensor x, Routing routing) {
        List<Tensor> all = inputs.apply(tape, x, routing); // gate, up
        return down.apply(tape, GatedUnit.apply(tape, all.get(0), all.get(1), activation), routing);
    }

    @Override
    public List<AdaptableModule> modules() {
        return Stream.concat(inputs.layers().stream(), Stream.<AdaptableModule>of(down))
                .toList();
    }

    @Override
    public GatedFeedForward map(ModuleChange change) {
        return new GatedFeedForward(inputs.map(change), down.map(change), activation);
    }
}
