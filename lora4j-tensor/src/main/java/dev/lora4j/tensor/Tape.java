package dev.lora4j.tensor;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Storage;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one step in order, with what each kept; {@link #backward} walks them back.
 *
 * <p>A tape knows which tensors matter: the parameters it watches and all that was computed from them. An operation
 * records itself only if one of its inputs matters, so nothing is kept below the first trained layer. Gradients belong
 * to the tape, not to the tensors: several tapes may read one frozen model at the same time.
 *
 * <p>Confined to one thread. Holds native memory until closed.
 */
public final class Tape implements AutoCloseable {
    /** Computes the gradients of an operation's inputs from the gradient of its output, and {@code add}s them. */
    public interface Backward {
        /** Runs once; the gradient of the output is borrowed. */
        void run(Tensor gradient);
    }

    private enum Mode {
        GENERATION,
        NOTHING,
        REACHABILITY,
        EVERYTHING
    }

    private record Step(Tensor output, List<Tensor> saved, Backward backward) {}

    private final Mode mode;
    private final Set<Tensor> tracked = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Step> steps = new ArrayDeque<>();
    private final IdentityHashMap<Tensor, Gradient> gradients = new IdentityHashMap<>();
    private final Set<Tensor> parameters = Collections.newSetFromMap(new IdentityHashMap<>());

    private Tape(Mode mode, Collection<Tensor> parameters) {
        this.mode = mode;
        this.parameters.addAll(parameters);
        tracked.addAll(parameters);
    }

    /** A tape that records what depends on these parameters. */
    public static Tape recording(Collection<Tensor> parameters) {
        return new Tape(Mode.EVERYTHING, parameters);
    }

    /** A tape that records nothing, for inference. */
    public static Tape inference() {
        return new Tape(Mode.NOTHING, Set.of());
    }

    /**
     * A tape that records nothing, for the next tokens of texts: a matrix that is kept rounded may round what comes into its
     * product too, where that is faster ({@link FrozenMatrix#quickProduct}).
     */
    public static Tape generation() {
        return new Tape(Mode.GENERATION, Set.of());
    }

    /** True on a tape for the next tokens of texts. */
    public boolean generates() {
        return mode == Mode.GENERATION;
    }

    /** A tape that only learns which results depend on this tape's tracked tensors; see {@link Recompute}. */
    Tape reachability() {
        return new Tape(mode == Mode.EVERYTHING ? Mode.REACHABILITY : mode, tracked);
    }

    /** A tape that records what depends on this tape's parameters and on the inputs; see {@link Recompute}. */
    Tape nested(Tensor... inputs) {
        Tape nested = new Tape(Mode.EVERYTHING, parameters);
        Collections.addAll(nested.tracked, inputs);
        return nested;
    }

    /** True if a gradient will flow to this tensor. */
    public boolean tracks(@Nullable Tensor tensor) {
        return tensor != null && tracked.contains(tensor);
    }

    Collection<Tensor> parameters() {
        return parameters;
    }

    /**
     * Notes an operation whose output matters.
     *
     * @param saved every tensor that {@code backward} reads; they live until it has run
     */
    void record(Tensor output, Backward backward, Tensor... saved) {
        if (mode == Mode.NOTHING || mode == Mode.GENERATION) {
            return;
        }
        tracked.add(output);
        if (mode == Mode.EVERYTHING) {
            for (Tensor tensor : saved) {
                tensor.at().retainReference();
            }
            steps.push(new Step(output, List.of(saved), backward));
        }
    }

    /** Adds to a tensor's gradient a fresh one that nobody else holds: takes it. */
    void add(Tensor tensor, Tensor fresh) {
        if (!tracks(tensor)) {
            return;
        }
        Gradient found = gradients.get(tensor);
        if (found != null) {
            if (found.exclusive()) {
                found.value().at().add_(fresh.at());
                return;
            }
            fresh.at().add_(found.value().at());
        }
        put(tensor, fresh, true);
    }

    /** Adds to a tensor's gradient one that others hold too: borrows it. */
    void addShared(Tensor tensor, Tensor shared) {
        if (!tracks(tensor)) {
            return;
        }
        Gradient found = gradients.get(tensor);
        if (found == null) {
            put(tensor, shared, false);
        } else if (found.exclusive()) {
            found.value().at().add_(shared.at());
        } else {
            put(tensor, new Tensor(found.value().at().add(shared.at())), true);
        }
    }

    /** Adds {@code left @ right} to a tensor's gradient, in the buffer that exists if there is one. */
    void addProduct(Tensor tensor, org.bytedeco.pytorch.Tensor left, org.bytedeco.pytorch.Tensor right) {
        if (!tracks(tensor)) {
            return;
        }
        Gradient found = gradients.get(tensor);
        if (found == null) {
            put(tensor, new Tensor(org.bytedeco.pytorch.global.torch.mm(left, right)), true);
        } else if (found.exclusive()) {
            found.value().at().addmm_(left, right);
        } else {
            put(
                    tensor,
                    new Tensor(org.bytedeco.pytorch.global.torch.addmm(
                            found.value().at(), left, right)),
                    true);
        }
    }

    /** Adds {@code dy W} to a tensor's gradient, in the buffer that exists if there is one. */
    void addProduct(Tensor tensor, Tensor dy, FrozenMatrix weight) {
        if (!tracks(tensor)) {
            return;
        }
        Gradient found = gradients.get(tensor);
        if (found != null && found.exclusive()) {
            weight.addGradient(found.value(), dy);
        } else {
            add(tensor, weight.gradient(dy));
        }
    }

    /** The gradient buffer of a tensor of this shape, for adding into a part of it; zeros at first. */
    Tensor buffer(Tensor tensor, long[] shape, Tensor like) {
        Gradient found = gradients.get(tensor);
        if (found != null && found.exclusive()) {
            return found.value();
        }
        Tensor own = found == null
                ? Tensor.zeros(like.dtype(), shape).to(like.device())
                : found.value().copy();
        put(tensor, own, true);
        return own;
    }

    private void put(Tensor tensor, Tensor value, boolean exclusive) {
        value.at().retainReference();
        Gradient before = gradients.put(tensor, new Gradient(value, exclusive));
        if (before != null) {
            before.value().at().releaseReference();
        }
    }

    /**
     * Starts the gradient of a result from outside; losses seed themselves.
     *
     * @param gradient same shape as {@code output}; borrowed
     */
    public void seed(Tensor output, Tensor gradient) {
        addShared(output, gradient);
    }

    /** Walks the recorded operations back from the seeded gradients, freeing what each kept. */
    public void backward() {
        while (!steps.isEmpty()) {
            Step step = steps.pop();
            try (Scope scope = Scope.open()) {
                Gradient gradient = gradients.remove(step.output());
                if (gradient != null) {
                    scope.keep(gradient.value());
                    gradient.value().at().releaseReference();
                    step.backward().run(gradient.value());
                }
            } finally {
                release(step);
            }
        }
    }

    /** The gradient of a watched parameter after {@link #backward}; empty if nothing flowed to it. Borrowed. */
    public Optional<Tensor> gradient(Tensor parameter) {
        return Optional.ofNullable(gradients.get(parameter)).map(Gradient::value);
    }

    /** Bytes that the recorded operations keep for their backward passes, memory that several of them read once. */
    public long keptBytes() {
        try (Scope scope = Scope.open()) {
            Map<Long, Long> storages = new HashMap<>();
            for (Step step : steps) {
                for (Tensor tensor : step.saved()) {
                    Storage storage = tensor.at().storage();
                    storages.put(storage.data().address(), storage.nbytes());
                }
            }
            return storages.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    private static void release(Step step) {
        for (Tensor tensor : step.saved()) {
            tensor.at().releaseReference();
        }
    }

    @Override
    public void close() {
        steps.forEach(Tape::release);
        steps.clear();
        gradients.values().forEach(gradient -> gradient.value().at().releaseReference());
        gradients.clear();
    }

    private record Gradient(Tensor value, boolean exclusive) {}
}
