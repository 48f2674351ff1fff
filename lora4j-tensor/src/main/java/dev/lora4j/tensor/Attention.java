package dev.lora4j.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Scaled dot-product attention inside each sequence of a flat batch (arXiv 1706.03762, section 3.2.1).
 *
 * <pre>y = softmax(scale · q kᵀ + mask) v     per sequence and head; grouped key/value heads are not copied</pre>
 *
 * <p>On the processor libtorch's flash kernels do forward and backward, so the [length, length] scores never exist.
 * Neighbouring sequences of equal length go to the kernel together. Soft-capped scores and other devices take the plain
 * composite under libtorch's autograd.
 */
public final class Attention {
    private Attention() {}

    /** A run of equally long sequences, its kernel results and its mask. */
    private record Run(
            long start,
            long count,
            long length,
            Tensor logSumExp,
            @Nullable Tensor mask) {
        long rows() {
            return count * length;
        }
    }

    /**
     * Attends.
     *
     * @param q [tokens, heads · headDim]
     * @param k [tokens, keyValueHeads · headDim]
     * @param v [tokens, keyValueHeads · headDim]
     * @return [tokens, heads · headDim]
     */
    public static Tensor apply(Tape tape, Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionShape shape) {
        if (shape.softcap() > 0 || q.device().kind() != Device.Kind.CPU) {
            return PlainAttention.apply(tape, q, k, v, sequences, shape);
        }
        try (Scope scope = Scope.open()) {
            Tensor y = new Tensor(torch.empty_like(q.at()));
            List<Run> runs = new ArrayList<>();
            for (int i = 0; i < sequences.count(); ) {
                int end = sequences.endOfEqualLengths(i);
                runs.add(forward(q, k, v, y, sequences.offset(i), end - i, sequences.length(i), shape));
                i = end;
            }
            if (tape.tracks(q) || tape.tracks(k) || tape.tracks(v)) {
                tape.record(y, dy -> backward(tape, dy, q, k, v, y, runs, shape), saved(q, k, v, y, runs));
            }
            return scope.give(y);
        }
    }

    private static Run forward(
            Tensor q, Tensor k, Tensor v, Tensor y, long start, long count, long length, AttentionShape shape) {
        Tensor mask = shape.windowBinds(length) ? AttentionMask.of(length, length, shape, q) : null;
        Run run = new Run(start, count, length, q, mask);
        FlashKernel.Result result = FlashKernel.forward(
                heads(q, run, shape.heads()),
                heads(k, run, shape.keyValueHeads()),
                heads(v, run, shape.keyValueHeads()),
                shape.causal() && mask == null,
                mask,
                shape.scale());
        heads(y, run, shape.heads()).at().copy_(result.output().at());
        return new Run(start, count, length, result.logSumExp(), mask);
    }

    /** The rows of a run as [count, heads, length, headDim], a view. */
    private static Tensor heads(Tensor flat, Run run, int heads) {
        return flat.rows(run.start(), run.start() + run.rows())
                .view(run.count(), run.length(), heads, flat.size(1) / heads)
                .transpose(1, 2);
    }

    private static Tensor[] saved(Tensor q, Tensor k, Tensor v, Tensor y, List<Run> runs) {
        List<Tensor> saved = new ArrayList<>(List.of(q, k, v, y));
        for (Run run : runs) {
            saved.add(run.logSumExp());
            if (run.mask() != null) {
                saved.add(run.mask());
            }
        }
        return saved.toArray(Tensor[]::new);
    }

    private static void backward(
            Tape tape, Tensor dy, Tensor q, Tensor k, Tensor v, Tensor y, List<Run> runs, AttentionShape shape) {
        Tensor dq = new Tensor(torch.empty_like(q.at()));
        Tensor dk = new Tensor(torch.empty_like(k.at()));
        Tensor dv = new Tensor(torch.empty_like(v.at()));
        Tensor dyFlat = dy.contiguous();
        for (Run run : runs) {
            try (Scope scope = Scope.open()) {
                FlashKernel.Gradients gradients = FlashKernel.backward(
                        heads(dyFlat, run, shape.heads()),
                        heads(q, run, shape.heads()),
                        heads(k, run, shape.keyValueHeads()),
                        heads(v, run, shape.keyValueHeads()),
                        new FlashKernel.Result(heads(y, run, shape.heads()), run.logSumExp()),
                        new FlashKernel.Masking(shape.causal() && run.mask() == null, run.mask(), shape.scale()));
                heads(dq, run, shape.heads()).at().copy_(gradients.query().at());
                heads(dk, run, shape.keyValueHeads()).at().copy_(gradients.key().at());
                heads(dv, run, shape.keyValueHeads())
                        .at()
                        .copy_(gradients.value().at());
            }
        }
        tape.add(q, dq);
        tape.add(k, dk);
        tape.add(v, dv);
    }

    /**
     * Attends from the newest row of each of several sequences to all of its sequence, for generation with a cache.
     *
     * <p>The query heads of a key head go to the kernel as rows that see the same, so that each key is read once.
     *
     * @param q [sequences, heads · headDim]
     * @param k [sequences · longest, keyValueHeads · headDim]; rows beyond a sequence's length are finite and not seen
     * @param v [sequences · longest, keyValueHeads · headDim]
     * @return [sequences, heads · headDim]
     */
    public static Tensor last(Tensor q, Tensor k, Tensor v, LastRows rows, AttentionShape shape) {
        if (shape.softcap() > 0 || q.device().kind() != Device.Kind.CPU) {
            return eachOfLast(q, k, v, rows, shape);
        }
        try (Scope scope = Scope.open()) {
            int group = shape.heads() / shape.keyValueHeads();
            FlashKernel.Result result = FlashKernel.forward(
                    q.view(rows.count(), shape.keyValueHeads(), group, shape.headDim()),
                    k.view(rows.count(), rows.longest(), shape.keyValueHeads(), shape.headDim())
                            .transpose(1, 2),
                    v.view(rows.count(), rows.longest(), shape.keyValueHeads(), shape.headDim())
                            .transpose(1, 2),
                    false,
                    rows.mask(shape.window(), q),
                    shape.scale());
            return scope.give(new Tensor(result.output().at().reshape(q.shape())));
        }
    }

    private static Tensor eachOfLast(Tensor q, Tensor k, Tensor v, LastRows rows, AttentionShape shape) {
        List<Tensor> parts = new ArrayList<>();
        for (int i = 0; i < rows.count(); i++) {
            long start = (long) i * rows.longest();
            long end = start + rows.length(i);
            parts.add(PlainAttention.cached(q.rows(i, i + 1), k.rows(start, end), v.rows(start, end), shape));
        }
        return Tensor.concatenate(parts.toArray(Tensor[]::new));
    }

    /**
     * Attends from the last rows of one sequence to all of it, for generation with a cache.
     *
     * @param q [new tokens, heads · headDim], the last of the sequence
     * @param k [all tokens, keyValueHeads · headDim]
     * @param v [all tokens, keyValueHeads · headDim]
     * @return [new tokens, heads · headDim]
     */
    public static Tensor cached(Tensor q, Tensor k, Tensor v, AttentionShape shape) {
        long rows = q.size(0);
        long total = k.size(0);
        if (shape.softcap() > 0 || q.device().kind() != Device.Kind.CPU) {
            return PlainAttention.cached(q, k, v, shape);
        }
        try (Scope scope = Scope.open()) {
            boolean whole = rows == total && !shape.windowBinds(total);
            boolean masked = !whole && (rows > 1 || shape.windowBinds(total));
            FlashKernel.Result result = FlashKernel.forward(
                    q.view(1, rows, shape.heads(), shape.headDim()).transpose(1, 2),
                    k.view(1, total, shape.keyValueHeads(), shape.headDim()).transpose(1, 2),
                    v.view(1, total, shape.keyValueHeads(), shape.headDim()).transpose(1, 2),
                    whole,
                    masked ? AttentionMask.of(rows, total, shape, q) : null,
                    shape.scale());
            return scope.give(new Tensor(
                    result.output().at().transpose(1, 2).reshape(rows, (long) shape.heads() * shape.headDim())));
        }
    }
}
