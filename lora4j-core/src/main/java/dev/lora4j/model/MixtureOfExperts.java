package dev.lora4j.model;

import dev.lora4j.tensor.Activation;
import dev.lora4j.tensor.ColumnRange;
import dev.lora4j.tensor.Composite;
import dev.lora4j.tensor.Concatenate;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.GatedUnit;
import dev.lora4j.tensor.LowRankLinear;
import dev.lora4j.tensor.SelectRows;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Feed-forward layers of which each token goes through a few (transformers' {@code MixtralSparseMoeBlock}).
 *
 * <pre>
 * p = softmax(x Rᵀ)                              R [experts, hidden]
 * y = Σ p_e / Σ p · down_e(f(gate_e(x)) ∘ up_e(x))      both sums over the most probable experts of the token
 * </pre>
 *
 * <p>The router R stays the base's: PEFT does not count it as a linear layer either. Its noise in training
 * ({@code router_jitter_noise}) is not applied, nor is a loss for balance.
 *
 * @param gateUp [experts, 2 · intermediate, hidden], gate above up
 * @param down [experts, hidden, intermediate]
 * @param chosen experts of a token
 */
record MixtureOfExperts(Tensor router, ExpertStack gateUp, ExpertStack down, int chosen, Activation activation)
        implements FeedForward {

    static MixtureOfExperts load(Weights weights, DecoderConfig config, int layer) {
        String path = "model.layers." + layer + ".mlp.";
        int experts = config.experts().count();
        long wide = config.intermediate();
        boolean fused = weights.has(path + "experts.down_proj");
        // released files have each expert's matrices by themselves
        String stored = "model.layers." + layer + (fused ? ".mlp." : ".block_sparse_moe.");
        List<String> gateUp = new ArrayList<>();
        List<String> down = new ArrayList<>();
        for (int i = 0; i < experts && !fused; i++) {
            gateUp.add(stored + "experts." + i + ".w1.weight");
            gateUp.add(stored + "experts." + i + ".w3.weight");
            down.add(stored + "experts." + i + ".w2.weight");
        }
        return new MixtureOfExperts(
                weights.get(stored + "gate.weight", experts, config.hidden()),
                stack(weights, path + "experts.gate_up_proj", gateUp, experts, 2 * wide, config.hidden()),
                stack(weights, path + "experts.down_proj", down, experts, config.hidden(), wide),
                config.experts().chosen(),
                config.activation());
    }

    private static ExpertStack stack(Weights weights, String path, List<String> files, long... shape) {
        return files.isEmpty()
                ? new ExpertStack(path, weights.get(path, shape), List.of(path))
                : new ExpertStack(path, weights.stacked(files, shape), files);
    }

    @Override
    public Tensor apply(Tape tape, Tensor x, Routing routing) {
        Device device = x.device();
        Tensor scores = LowRankLinear.apply(tape, x, router, null, List.of());
        Tensor probabilities =
                Composite.apply(tape, List.of(scores), inputs -> inputs.get(0).softmax(-1));
        ExpertChoice choice = ExpertChoice.of(probabilities, chosen);
        List<Tensor> outputs = new ArrayList<>();
        for (int expert = 0; expert < gateUp.experts(); expert++) {
            long[] tokens = choice.tokens(expert);
            if (tokens.length > 0) {
                Tensor own = SelectRows.apply(tape, x, Tensor.of(tokens).to(device));
                outputs.add(one(tape, own, expert, choice, routing));
            }
        }
        Tensor order = Tensor.of(choice.order()).to(device);
        Tensor byToken = SelectRows.apply(tape, Concatenate.apply(tape, outputs), order); // [tokens · chosen, hidden]
        Tensor flat = Tensor.of(choice.flat()).to(device);
        return Composite.apply(
                tape, List.of(byToken, probabilities), inputs -> mixed(inputs.get(0), inputs.get(1), flat));
    }

    /** One expert's tokens, [rows, hidden] to [rows, hidden]. */
    private Tensor one(Tape tape, Tensor x, int expert, ExpertChoice choice, Routing routing) {
        Tensor wide = gateUp.apply(tape, x, expert, choice, routing);
        long half = wide.size(1) / 2;
        Tensor gate = ColumnRange.apply(tape, wide, 0, half);
        Tensor up = ColumnRange.apply(tape, wide, half, 2 * half);
        return down.apply(tape, GatedUnit.apply(tape, gate, up, activation), expert, choice, routing);
    }

    private Tensor mixed(Tensor outputs, Tensor probabilities, Tensor flat) {
        long tokens = probabilities.size(0);
        Tensor own =
                probabilities.view(probabilities.elements()).selectRows(flat).view(tokens, 1, chosen);
        Tensor sum = own.mean(-1).times(chosen);
        return own.dividedBy(sum)
                .matmul(outputs.view(tokens, chosen, outputs.size(1)))
                .view(tokens, outputs.size(1));
    }

    @Override
    public List<AdaptableModule> modules() {
        return List.of(gateUp, down);
    }

    @Override
    public MixtureOfExperts map(ModuleChange change) {
        return new MixtureOfExperts(router, gateUp.map(change), down.map(change), chosen, activation);
    }
}
