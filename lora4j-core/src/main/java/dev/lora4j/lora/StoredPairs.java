package dev.lora4j.lora;

import dev.lora4j.formats.StoredTensor;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.MappedFile;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes A [rank, in] and B [out, rank] of what a file has, by the shapes alone: beside a linear layer or a table, a
 * convolution ({@link Kernel}), parts of a fused layer ({@link LoralibNames}) or experts.
 *
 * @param file for messages
 * @param owner of the pairs
 */
record StoredPairs(Path file, LoraConfig config, MappedFile mapped, Scope owner) {
    /** The pair at a path, or those of its experts. */
    Map<String, LowRank> read(String path, StoredTensor.Mapped storedA, StoredTensor.Mapped storedB) {
        Tensor a = values(storedA);
        Tensor b = values(storedB);
        long rank = a.size(0);
        long parts = a.rank() > 1 && b.rank() > 1 && b.size(1) > 0 ? rank / b.size(1) : 0;
        boolean kernel = a.rank() == 3 && b.rank() == 3 && b.size(2) == 1;
        boolean fits = (kernel || (a.rank() == 2 && b.rank() == 2)) && parts > 0 && parts * b.size(1) == rank;
        if (!fits || b.size(0) % parts != 0) {
            throw new AdapterException(file + ": " + path + " has A " + storedA.shape() + " and B " + storedB.shape()
                    + "; expected A [rank, in] and B [out, rank], or those of a convolution with a third size");
        }
        if (!kernel && parts != Math.max(1, config.partsAt(path).size()) && parts != 1) {
            LoralibNames.requireOnePair(storedA, storedB, path);
        }
        if (parts > 1 || kernel) {
            Kernel blocks = new Kernel(path, a.size(1), kernel ? a.size(2) : 1, Math.toIntExact(parts));
            b = blocks.b(b.view(b.size(0), b.size(1), 1));
            a = Kernel.a(a);
        }
        String of = parameter(path);
        LowRank pair = new LowRank(owner.keep(a), owner.keep(b), config.scalingAt(of));
        int expected = config.rankAt(of);
        if (!of.equals(path) && rank > expected && rank % expected == 0) {
            return experts(path, pair, rank / expected);
        }
        if (rank != expected) {
            throw new AdapterException(file + ": " + path + " has rank " + rank + ", " + AdapterFolder.CONFIG + " says "
                    + expected + "; the two files do not belong together");
        }
        return Map.of(path, pair);
    }

    private Tensor values(StoredTensor.Mapped stored) {
        long[] shape = stored.shape().stream().mapToLong(Long::longValue).toArray();
        Tensor values =
                mapped.tensor(stored.offset(), DType.valueOf(stored.type().name()), shape);
        if (!values.dtype().isFloating() || !values.isFinite()) {
            throw new AdapterException(file + ": \"" + stored.name() + "\" is " + stored.type()
                    + " and holds values that are not finite numbers; the adapter is damaged");
        }
        return values.to(DType.F32).copy();
    }

    /**
     * The parameter that a pair beside experts is for; the path itself beside a layer.
     *
     * <p>PEFT names the module around the parameters, and the wrapper of one inside that of another; which is which only the
     * base tells, so they must look the same.
     */
    private String parameter(String path) {
        String module = path.replaceFirst("(\\.base_layer)+$", "");
        List<String> parameters = new ArrayList<>();
        for (String name : config.targetParameters()) {
            int dot = name.lastIndexOf('.');
            if (dot < 0 || Targets.Suffixes.matches(module, name.substring(0, dot))) {
                parameters.add(module + "." + name.substring(dot + 1));
            }
        }
        long different = parameters.stream()
                .map(each -> config.rankAt(each) + " " + config.scalingAt(each))
                .distinct()
                .count();
        if (different > 1) {
            throw new AdapterException(
                    file + ": the ranks or alphas of " + parameters + " differ by pattern, and the file"
                            + " does not say whose the pair at " + path + " is; it cannot be read without the base");
        }
        return parameters.isEmpty() ? path : parameters.get(0);
    }

    /** As {@link dev.lora4j.model.ExpertStack} has them stacked. */
    private Map<String, LowRank> experts(String path, LowRank stacked, long experts) {
        long rank = stacked.rank() / experts;
        long out = stacked.b().size(0);
        Map<String, LowRank> pairs = new LinkedHashMap<>();
        for (long expert = 0; expert < experts; expert++) {
            Tensor a = stacked.a().rows(expert * rank, (expert + 1) * rank);
            Tensor b = stacked.b()
                    .contiguous()
                    .view(out, rank, experts)
                    .narrow(2, expert, 1)
                    .contiguous()
                    .view(out, rank);
            pairs.put(path + "[" + expert + "]", new LowRank(owner.keep(a), owner.keep(b), stacked.scaling()));
        }
        return pairs;
    }
}
