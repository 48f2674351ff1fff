package dev.lora4j.model;

import dev.lora4j.tensor.Add;
import dev.lora4j.tensor.RmsNorm;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a decoder.
 *
 * <pre>
 * h = x + [norm] attention(norm(x))
 * y = h + [norm] feedForward(norm(h))      the norms in brackets only in gemma2 and gemma3
 * </pre>
 */
record DecoderBlock(DecoderAttention attention, FeedForward feedForward, Norms norms, double epsilon) {
    /** Weights [hidden] of the norms before and, or null, after the two branches. */
    record Norms(
            Tensor beforeAttention,
            @Nullable Tensor afterAttention,
            Tensor beforeFeedForward,
            @Nullable Tensor afterFeedForward) {}

    static DecoderBlock load(Weights weights, DecoderConfig config, int layer) {
        return new DecoderBlock(
                DecoderAttention.load(weights, config, layer),
                FeedForward.load(weights, config, layer),
                norms(weights, config, layer),
                config.norm().epsilon());
    }

    private static Norms norms(Weights weights, DecoderConfig config, int layer) {
        String path = "model.layers." + layer + ".";
        Tensor first = norm(weights, path + "input_layernorm", config.hidden(), config);
        Tensor second = norm(weights, path + "post_attention_layernorm", config.hidden(), config);
        if (!config.norm().sandwich()) {
            return new Norms(first, null, second, null);
        }
        return new Norms(
                first,
                second,
                norm(weights, path + "pre_feedforward_layernorm", config.hidden(), config),
                norm(weights, path + "post_feedforward_layernorm", config.hidden(), config));
    }

    /** A norm's weight, with the 1 that gemma leaves out added. */
    static Tensor norm(Weights weights, String path, long width, DecoderConfig config) {
        Tensor stored = weights.get(path + ".weight", width);
        return config.norm().unitOffset() ? weights.owned(() -> stored.plus(1)) : stored;
    }

    /** [tokens, hidden] to [tokens, hidden]. */
    Tensor apply(Tape tape, Tensor x, RotaryTable rotary, Pass pass) {
        try (Scope scope = Scope.open()) {
            Tensor attended =
                    attention.apply(tape, RmsNorm.apply(tape, x, norms.beforeAttention(), epsilon), rotary, pass);
            Tensor h = Add.apply(tape, x, normed(tape, attended, norms.afterAttention()));
            Tensor fed =
                    feedForward.apply(tape, RmsNorm.apply(tape, h, norms.beforeFeedForward(), epsilon), pass.routing());
            return scope.give(Add.apply(tape, h, normed(tape, fed, norms.afterFeedForward())));
        }
    }

    private Tensor normed(Tape tape, Tensor x, @Nullable Tensor norm) {
        return norm == null ? x : RmsNorm.apply(tape, x, norm, epsilon);
    }

    List<Linear> linears() {
        List<Linear> linears = new ArrayList<>(attention.linears());
        linears.addAll(feedForward.linears());
        return linears;
    }

    DecoderBlock map(UnaryOperator<Linear> change) {
        return new DecoderBlock(attention.map(change), feedForward.map(change), norms, epsilon);
    }
}
