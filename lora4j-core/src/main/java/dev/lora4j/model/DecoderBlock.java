package dev.lora4j.model;

import dev.lora4j.tensor.Add;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a decoder.
 *
 * <pre>
 * h = x + [norm] attention(norm(x))
 * y = h + [norm] feedForward(norm(h))      the norms in brackets only in gemma2 and gemma3
 * </pre>
 */
record DecoderBlock(DecoderAttention attention, FeedForward feedForward, Norms norms) {
    /** The norms before and, or null, after the two branches. */
    record Norms(
            Norm beforeAttention,
            @Nullable Norm afterAttention,
            Norm beforeFeedForward,
            @Nullable Norm afterFeedForward) {

        Norms map(ModuleChange change) {
            return new Norms(
                    beforeAttention.map(change),
                    afterAttention == null ? null : afterAttention.map(change),
                    beforeFeedForward.map(change),
                    afterFeedForward == null ? null : afterFeedForward.map(change));
        }

        List<AdaptableModule> modules() {
            return Stream.of(beforeAttention, afterAttention, beforeFeedForward, afterFeedForward)
                    .filter(Objects::nonNull)
                    .map(AdaptableModule.class::cast)
                    .toList();
        }
    }

    static DecoderBlock load(Weights weights, DecoderConfig config, int layer) {
        return new DecoderBlock(
                DecoderAttention.load(weights, config, layer),
                config.experts().count() > 0
                        ? MixtureOfExperts.load(weights, config, layer)
                        : GatedFeedForward.load(weights, config, layer),
                norms(weights, config, layer));
    }

    private static Norms norms(Weights weights, DecoderConfig config, int layer) {
        String path = "model.layers." + layer + ".";
        Norm first = norm(weights, path + "input_layernorm", config.hidden(), config);
        Norm second = norm(weights, path + "post_attention_layernorm", config.hidden(), config);
        if (!config.norm().sandwich()) {
            return new Norms(first, null, second, null);
        }
        return new Norms(
                first,
                second,
                norm(weights, path + "pre_feedforward_layernorm", config.hidden(), config),
                norm(weights, path + "post_feedforward_layernorm", config.hidden(), config));
    }

    static Norm norm(Weights weights, String path, long width, DecoderConfig config) {
        DecoderConfig.Norm norm = config.norm();
        return new Norm(path, weights.get(path + ".weight", width), null, norm.epsilon(), norm.unitOffset());
    }

    /** [tokens, hidden] to [tokens, hidden]. */
    Tensor apply(Tape tape, Tensor x, RotaryTable rotary, Pass pass) {
        try (Scope scope = Scope.open()) {
            Routing routing = pass.routing();
            Tensor attended = attention.apply(tape, norms.beforeAttention().apply(tape, x, routing), rotary, pass);
            Tensor h = Add.apply(tape, x, normed(tape, attended, norms.afterAttention(), routing));
            Tensor fed = feedForward.apply(tape, norms.beforeFeedForward().apply(tape, h, routing), routing);
            return scope.give(Add.apply(tape, h, normed(tape, fed, norms.afterFeedForward(), routing)));
        }
    }

    private static Tensor normed(Tape tape, Tensor x, @Nullable Norm norm, Routing routing) {
        return norm == null ? x : norm.apply(tape, x, routing);
    }

    List<AdaptableModule> modules() {
        List<AdaptableModule> modules = new ArrayList<>(attention.modules());
        modules.addAll(feedForward.modules());
        modules.addAll(norms.modules());
        return modules;
    }

    BlockSites sites() {
        String down =
                feedForward instanceof GatedFeedForward gated ? gated.down().path() : null;
        Norm last = norms.afterFeedForward();
        return new BlockSites(
                norms.beforeAttention().path(),
                attention.output().path(),
                down,
                down == null || last == null ? down : last.path());
    }

    DecoderBlock map(ModuleChange change) {
        return new DecoderBlock(attention.map(change), feedForward.map(change), norms.map(change));
    }
}
