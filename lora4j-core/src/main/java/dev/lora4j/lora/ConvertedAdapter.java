package dev.lora4j.lora;

import dev.lora4j.formats.safetensors.TensorContent;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * An adapter as its files hold it: a pair and its anchor as one pair of twice the rank, matrices as the base's files.
 *
 * <p>PEFT's {@code path_initial_model_for_weight_conversion}: A' = [A; A₀], B' = [B, −B₀], r' = 2r, and α' such that the
 * scaling stays. So the adapter works on the unchanged base, anywhere.
 */
final class ConvertedAdapter {
    private ConvertedAdapter() {}

    /** The tensors by name, of the calling thread's scope; the trained values come first in each. */
    static Map<String, Tensor> tensors(Adapter adapter) {
        Map<String, Tensor> tensors = new LinkedHashMap<>(adapter.tensors());
        adapter.parts().anchors().forEach((path, anchor) -> {
            tensors.computeIfPresent(TensorNames.loraA(path, false), (name, a) -> Tensor.concatenate(a, anchor.a()));
            tensors.computeIfPresent(TensorNames.loraB(path, false), (name, b) -> wider(b, anchor));
        });
        adapter.parts()
                .transposed()
                .forEach(path ->
                        tensors.computeIfPresent(TensorNames.weight(path), (name, weight) -> weight.transpose(0, 1)));
        adapter.parts().kernels().forEach((path, kernel) -> {
            tensors.computeIfPresent(TensorNames.loraA(path, false), (name, a) -> kernel.storedA(a));
            tensors.computeIfPresent(TensorNames.loraB(path, false), (name, b) -> kernel.storedB(b));
            tensors.computeIfPresent(TensorNames.magnitude(path), (name, m) -> Kernel.storedMagnitude(m));
        });
        return tensors;
    }

    /** The tensors of full fine-tuning, to be read from the model's memory when they are written. */
    static List<TensorContent> whole(Adapter adapter) {
        List<TensorContent> tensors = new ArrayList<>();
        adapter.tensors()
                .forEach((name, tensor) -> tensors.add(
                        isTurned(adapter, name) ? TensorPieces.turned(name, tensor) : TensorPieces.of(name, tensor)));
        return tensors;
    }

    private static boolean isTurned(Adapter adapter, String name) {
        return adapter.parts().transposed().stream()
                .anyMatch(path -> TensorNames.weight(path).equals(name));
    }

    private static Tensor wider(Tensor b, LowRank anchor) {
        return Tensor.concatenate(b.transpose(0, 1), anchor.b().transpose(0, 1))
                .transpose(0, 1)
                .contiguous();
    }

    /** What a stored tensor holds of the adapter's own: trained values come before those of a frozen anchor. */
    static Tensor trained(Adapter adapter, String name, Tensor stored) {
        Tensor own = Objects.requireNonNull(adapter.tensors().get(name), name);
        Tensor trained = isTurned(adapter, name) ? stored.transpose(0, 1) : ofKernel(adapter, name, stored);
        for (int dimension = 0; dimension < own.rank(); dimension++) {
            trained = trained.narrow(dimension, 0, own.size(dimension));
        }
        return trained;
    }

    private static Tensor ofKernel(Adapter adapter, String name, Tensor stored) {
        for (Kernel kernel : adapter.parts().kernels().values()) {
            if (name.equals(TensorNames.loraA(kernel.path(), false))) {
                return Kernel.a(stored);
            }
            if (name.equals(TensorNames.loraB(kernel.path(), false))) {
                return kernel.b(stored);
            }
            if (name.equals(TensorNames.magnitude(kernel.path()))) {
                return stored.view(-1);
            }
        }
        return stored;
    }

    /** The configuration that goes with the tensors: with the ranks that they have, whatever they are made of. */
    static LoraConfig config(Adapter adapter) {
        LoraConfig config = adapter.config();
        if (!config.fusedParts().isEmpty()) {
            return fused(adapter);
        }
        if (adapter.parts().anchors().isEmpty()) {
            return config;
        }
        double factor = config.isRankStabilized() ? Math.sqrt(2) : 2;
        Map<String, Integer> ranks = config.rankPattern();
        ranks.replaceAll((key, rank) -> 2 * rank);
        Map<String, Double> alphas = config.alphaPattern();
        alphas.replaceAll((key, alpha) -> factor * alpha);
        return config.withRank(2 * config.rank())
                .alpha(factor * config.alpha())
                .rankPattern(ranks)
                .alphaPattern(alphas)
                .initialization(Initialization.KAIMING);
    }

    /** Ranks and α of every module by its whole path, since a fused layer's are its parts' together. */
    private static LoraConfig fused(Adapter adapter) {
        LoraConfig config = adapter.config();
        Map<String, Integer> ranks = new LinkedHashMap<>();
        Map<String, Double> alphas = new LinkedHashMap<>();
        adapter.lowRanks().forEach((path, pair) -> {
            int rank = pair.rank();
            ranks.put(path, rank);
            alphas.put(path, pair.scaling() * (config.isRankStabilized() ? Math.sqrt(rank) : rank));
        });
        return config.fusedParts(Map.of()).rankPattern(ranks).alphaPattern(alphas);
    }
}
