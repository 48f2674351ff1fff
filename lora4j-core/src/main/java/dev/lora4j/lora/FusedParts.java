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
        List<Linear.Part> parts =
                module instanceof Linear linear ? linear.layout().parts() : List.of();
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
