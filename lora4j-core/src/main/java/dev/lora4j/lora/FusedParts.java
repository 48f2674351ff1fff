package dev.lora4j.lora;

import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.Linear;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * LoRA on some parts of a fused projection only, a pair for each (loralib's {@code MergedLinear}).
 *
 * <p>The pairs of rank r lie in one of rank n · r: the rows of A one part after another, B zero outside the block of each
 * part's outputs and columns. So PEFT computes the same from the files, and the other parts' ΔW is exactly zero.
 */
final class FusedParts {
    private FusedParts() {}

    /**
     * Where B is trained: 1 in each part's block, 0 elsewhere.
     *
     * @return [out, rank], of the calling thread's scope; empty if the module is adapted as one
     */
    static Optional<Tensor> blocks(LoraConfig config, AdaptableModule module) {
        List<String> wanted = config.partsAt(module.path());
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        List<Linear.Part> parts = parts(module);
        List<String> names = parts.stream().map(Linear.Part::name).toList();
        if (!names.containsAll(wanted)) {
            throw new AdapterException(module.path() + ": the parts " + wanted + " are to be adapted, the layer "
                    + (names.isEmpty() ? "is not fused from parts" : "has " + names));
        }
        int rank = config.rankAt(module.path()) / wanted.size();
        long outputs = module.shape()[0];
        Tensor blocks = Tensor.zeros(DType.F32, outputs, (long) rank * wanted.size());
        long start = 0;
        for (Linear.Part part : parts) {
            int index = wanted.indexOf(part.name());
            if (index >= 0) {
                blocks.rows(start, start + part.outputs())
                        .narrow(1, (long) index * rank, rank)
                        .addInPlace(1);
            }
            start += part.outputs();
        }
        return Optional.of(blocks);
    }

    private static List<Linear.Part> parts(AdaptableModule module) {
        return module instanceof Linear linear ? linear.layout().parts() : List.of();
    }

    /** Outputs of the adapted parts together. */
    static long outputs(LoraConfig config, AdaptableModule module) {
        List<String> wanted = config.partsAt(module.path());
        return parts(module).stream()
                .filter(part -> wanted.contains(part.name()))
                .mapToLong(Linear.Part::outputs)
                .sum();
    }

    /**
     * B as loralib stores it, with its values in their blocks.
     *
     * @param stored [outputs of the adapted parts, rank of one], in the order of the layer's outputs
     * @return [out, rank], of the calling thread's scope
     */
    static Tensor whole(LoraConfig config, AdaptableModule module, Tensor stored) {
        List<String> wanted = config.partsAt(module.path());
        List<String> inOrder = parts(module).stream()
                .map(Linear.Part::name)
                .filter(wanted::contains)
                .toList();
        if (!wanted.equals(inOrder)) {
            throw new AdapterException(module.path() + ": the parts are named in the order " + wanted
                    + ", loralib's files have them in that of the layer; name them as " + inOrder);
        }
        long rank = stored.size(1);
        Tensor whole = Tensor.zeros(DType.F32, module.weight().size(0), rank * wanted.size())
                .to(stored.device());
        long start = 0;
        long from = 0;
        for (Linear.Part part : parts(module)) {
            int index = wanted.indexOf(part.name());
            if (index >= 0) {
                whole.rows(start, start + part.outputs())
                        .narrow(1, index * rank, rank)
                        .copyFrom(stored.rows(from, from + part.outputs()));
                from += part.outputs();
            }
            start += part.outputs();
        }
        return whole;
    }

    /** The pair as it is to be trained: B zero outside the blocks and to stay so. */
    static LowRank masked(LowRank pair, Tensor blocks, Scope owner) {
        Tensor mask = owner.keep(blocks.to(pair.b().device()).copy());
        pair.b().timesInPlace(mask);
        return pair.withBlocks(mask);
    }

    /** Refuses a fused layer that none of the adapted modules is. */
    static void requireAllFound(LoraConfig config, Collection<String> adapted) {
        for (String module : config.fusedParts().keySet()) {
            if (adapted.stream().noneMatch(path -> Targets.Suffixes.matches(path, module))) {
                throw new AdapterException(
                        "fused parts of \"" + module + "\" are to be adapted, but no target is called" + " that"
                                + NearestNames.hint(module, adapted));
            }
        }
    }
}
