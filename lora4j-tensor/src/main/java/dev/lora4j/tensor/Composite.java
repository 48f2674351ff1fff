package dev.lora4j.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Any function of tensors as one tape operation, its gradient by libtorch's autograd.
 *
 * <p>For what is not worth a backward pass written by hand. libtorch's graph lives from the forward to the backward
 * pass, with all that it keeps.
 */
public final class Composite {
    private Composite() {}

    /**
     * Runs a function.
     *
     * @param inputs floating-point tensors of any shape
     * @param function of the same number of inputs, made of {@link Tensor}'s methods; must not change them
     * @return the function's result
     */
    public static Tensor apply(Tape tape, List<Tensor> inputs, Function<List<Tensor>, Tensor> function) {
        try (Scope scope = Scope.open()) {
            if (inputs.stream().noneMatch(tape::tracks)) {
                return scope.give(function.apply(inputs));
            }
            List<Tensor> leaves = new ArrayList<>();
            for (Tensor input : inputs) {
                leaves.add(new Tensor(input.at().detach().requires_grad_(tape.tracks(input))));
            }
            Tensor graph = function.apply(leaves);
            Tensor y = new Tensor(graph.at().detach());
            List<Tensor> saved = new ArrayList<>(leaves);
            saved.add(graph);
            tape.record(y, dy -> backward(tape, dy, inputs, leaves, graph), saved.toArray(Tensor[]::new));
            return scope.give(y);
        }
    }

    private static void backward(Tape tape, Tensor dy, List<Tensor> inputs, List<Tensor> leaves, Tensor graph) {
        List<Integer> wanted = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            if (tape.tracks(inputs.get(i))) {
                wanted.add(i);
            }
        }
        org.bytedeco.pytorch.Tensor[] sources =
                wanted.stream().map(i -> leaves.get(i).at()).toArray(org.bytedeco.pytorch.Tensor[]::new);
        TensorVector gradients = torch.grad(
                new TensorVector(graph.at()),
                new TensorVector(sources),
                new TensorVector(dy.at()),
                new BoolOptional(false),
                false,
                true);
        for (int j = 0; j < wanted.size(); j++) {
            org.bytedeco.pytorch.Tensor gradient = gradients.get(j);
            if (gradient.defined()) {
                // libtorch may hand out one buffer twice, so it is nobody's alone
                tape.addShared(inputs.get(wanted.get(j)), new Tensor(new org.bytedeco.pytorch.Tensor(gradient)));
            }
        }
    }
}
