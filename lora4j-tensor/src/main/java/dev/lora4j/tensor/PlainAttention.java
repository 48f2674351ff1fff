package dev.lora4j.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Attention written out, for soft-capped scores and for devices without the flash kernel of the processor.
 *
 * <pre>scores = scale · q kᵀ;  scores = c · tanh(scores / c) if capped;  y = softmax(scores + mask) v</pre>
 */
final class PlainAttention {
    private PlainAttention() {}

    static Tensor apply(Tape tape, Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionShape shape) {
        return Composite.apply(tape, List.of(q, k, v), inputs -> {
            List<Tensor> parts = new ArrayList<>();
            for (int i = 0; i < sequences.count(); i++) {
                int start = sequences.offset(i);
                int end = start + sequences.length(i);
                parts.add(cached(
                        inputs.get(0).rows(start, end),
                        inputs.get(1).rows(start, end),
                        inputs.get(2).rows(start, end),
                        shape));
            }
            return Tensor.concatenate(parts.toArray(Tensor[]::new));
        });
    }

    /** The last rows of one sequence against all of it. */
    static Tensor cached(Tensor q, Tensor k, Tensor v, AttentionShape shape) {
        long rows = q.size(0);
        long total = k.size(0);
        int group = shape.heads() / shape.keyValueHeads();
        Tensor queries = split(q, shape.keyValueHeads(), group, shape.headDim()); // [kv, group · rows, headDim]
        Tensor keys = k.contiguous()
                .view(total, shape.keyValueHeads(), shape.headDim())
                .transpose(0, 1);
        Tensor values = v.contiguous()
                .view(total, shape.keyValueHeads(), shape.headDim())
                .transpose(0, 1);
        Tensor scores = queries.matmul(keys.transpose(1, 2)).times(shape.scale());
        if (shape.softcap() > 0) {
            scores = scores.times(1 / shape.softcap()).tanh().times(shape.softcap());
        }
        Tensor mask = AttentionMask.of(rows, total, shape, q); // [1, 1, rows, total]
        Tensor weights = scores.view(shape.keyValueHeads(), group, rows, total)
                .plus(mask)
                .softmax(-1)
                .view(shape.keyValueHeads(), group * rows, total);
        return weights.matmul(values)
                .view(shape.heads(), rows, shape.headDim())
                .transpose(0, 1)
                .contiguous()
                .view(rows, (long) shape.heads() * shape.headDim());
    }

    private static Tensor split(Tensor q, int keyValueHeads, int group, int headDim) {
        long rows = q.size(0);
        return q.contiguous()
                .view(rows, (long) keyValueHeads * group, headDim)
                .transpose(0, 1)
                .contiguous()
                .view(keyValueHeads, group * rows, headDim);
    }
}
