package dev.lora4j.lora;

import dev.lora4j.model.ExpertStack;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.FrozenMatrix;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.List;
import java.util.Set;

/** Pairs beside the experts of a layer, as PEFT's {@code ParamWrapper} has them ({@link ExpertStack}). */
final class ExpertPairs {
    private ExpertPairs() {}

    /**
     * The fresh pair: A uniform in ±1/√in as elsewhere, B zero.
     *
     * @param rank of each expert
     * @return of the calling thread's scope
     */
    static LowRank fresh(ExpertStack stack, Initialization begin, int rank, double scaling, long key) {
        int all = Math.multiplyExact(rank, stack.experts());
        return new InitialPair(begin, all, scaling, key).of(FrozenMatrix.of(stack.matrix(0)));
    }

    /** W + s·B·A of every expert, [experts, out, in]; of the calling thread's scope. */
    static Tensor merged(ExpertStack stack, LowRank pair) {
        try (Scope scope = Scope.open()) {
            Tensor merged = stack.weight().copy();
            addRows(stack, merged.view(-1, merged.size(2)), 0, pair);
            if (!merged.isFinite()) {
                throw new AdapterException(stack.path() + ": the merged weight has values that are NaN or infinite;"
                        + " nothing was merged, check the adapter's tensors");
            }
            return scope.give(merged);
        }
    }

    /**
     * Adds s·B·A to some rows of all experts' matrices one below another.
     *
     * @param rows [rows, in], changed in place
     * @param first number of the first among all rows
     */
    static void addRows(ExpertStack stack, Tensor rows, long first, LowRank pair) {
        long out = pair.b().size(0);
        long end = first + rows.size(0);
        for (long row = first; row < end; ) {
            int expert = (int) (row / out);
            long last = Math.min(end, (expert + 1L) * out);
            LowRank own = stack.pair(pair, expert);
            Tensor b = own.b().rows(row - expert * out, last - expert * out);
            rows.rows(row - first, last - first)
                    .addProductInPlace(b.to(DType.F32), own.a().to(DType.F32), pair.scaling());
            row = last;
        }
    }

    /**
     * The module that PEFT puts a parameter's pair into: the experts, or the wrapper of the parameter that comes after.
     *
     * @param adapted paths of all adapted parameters, in the model's order
     */
    static String module(String path, Set<String> adapted) {
        String parent = parent(path);
        List<String> beside =
                adapted.stream().filter(other -> parent(other).equals(parent)).toList();
        int outer = beside.size() - 1 - beside.indexOf(path);
        return parent + ".base_layer".repeat(outer);
    }

    private static String parent(String path) {
        return path.substring(0, path.lastIndexOf('.'));
    }
}
