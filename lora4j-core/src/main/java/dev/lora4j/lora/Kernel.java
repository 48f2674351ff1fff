package dev.lora4j.lora;

import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.Convolution;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a pair beside a convolution lies in PEFT's files, as two convolutions ({@code _ConvNd}).
 *
 * <pre>
 * here   A [rank, in · width]     B [out, rank]                 m [out]
 * there  A [rank, in, width]      B [out, rank / groups, 1]     m [1, out, 1]
 * </pre>
 *
 * <p>Of B here only the blocks of each group's outputs and ranks are not zero.
 *
 * @param path of the convolution
 */
record Kernel(String path, long inChannels, long width, int groups) {
    static Optional<Kernel> of(AdaptableModule module) {
        return module instanceof Convolution convolution
                ? Optional.of(new Kernel(
                        convolution.path(), convolution.inChannels(), convolution.width(), convolution.groups()))
                : Optional.empty();
    }

    /** Refuses what PEFT refuses beside a convolution, and what it computes without meaning. */
    void requireFit(LoraConfig config) {
        int rank = config.rankAt(path);
        if (rank % groups != 0) {
            throw new AdapterException(path + ": r is " + rank + ", but the convolution has " + groups
                    + " groups; choose a rank that they divide, or leave the layer out");
        }
        Initialization begin = config.initialization();
        if (!begin.isPlain() && begin != Initialization.GAUSSIAN) {
            throw new AdapterException(
                    path + ": init_lora_weights " + begin.peftName() + " is not for a convolution, as"
                            + " in PEFT; begin with true, false or gaussian, or leave the layer out");
        }
        if (config.isDora() && groups > 1) {
            throw new AdapterException(path + ": use_dora is not for a convolution of " + groups
                    + " groups, of which PEFT takes the norms of other values; leave the layer out");
        }
    }

    /** Refuses a use of the pair that a kernel in groups has no room for. */
    void requireOneGroup(String what) {
        if (groups > 1) {
            throw new AdapterException(path + ": the pair beside this convolution reads all channels, the layer has "
                    + groups + " groups; such a pair cannot be " + what);
        }
    }

    /** Where B is trained, [out, rank]; empty if everywhere. */
    Optional<Tensor> blocks(long out, long rank) {
        return groups == 1 ? Optional.empty() : Optional.of(b(Tensor.repeated(1, out, rank / groups, 1)));
    }

    /** A as PEFT has it, sharing the values. */
    Tensor storedA(Tensor a) {
        return a.view(a.size(0), inChannels, width);
    }

    /** B as PEFT has it. */
    Tensor storedB(Tensor b) {
        long out = b.size(0) / groups;
        long rank = b.size(1) / groups;
        List<Tensor> parts = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            parts.add(b.rows(group * out, (group + 1) * out).narrow(1, group * rank, rank));
        }
        return Tensor.concatenate(parts.toArray(Tensor[]::new)).view(b.size(0), rank, 1);
    }

    /** m as PEFT has it, sharing the values. */
    static Tensor storedMagnitude(Tensor magnitude) {
        return magnitude.view(1, -1, 1);
    }

    /** A of the files' A. */
    static Tensor a(Tensor stored) {
        return stored.view(stored.size(0), -1);
    }

    /** B of the files' B; of the calling thread's scope. */
    Tensor b(Tensor stored) {
        long out = stored.size(0) / groups;
        long rank = stored.size(1);
        try (Scope scope = Scope.open()) {
            Tensor b = Tensor.zeros(DType.F32, stored.size(0), groups * rank).to(stored.device());
            for (int group = 0; group < groups; group++) {
                Tensor part = stored.rows(group * out, (group + 1) * out).narrow(2, 0, 1);
                b.rows(group * out, (group + 1) * out)
                        .narrow(1, group * rank, rank)
                        .copyFrom(part.contiguous().view(out, rank));
            }
            return scope.give(b);
        }
    }

    /** The pair with its B trained, and not zero, only where the groups let it. */
    LowRank grouped(LowRank pair, Scope owner) {
        return blocks(pair.b().size(0), pair.rank())
                .map(blocks -> FusedParts.masked(pair, blocks, owner))
                .orElse(pair);
    }
}
