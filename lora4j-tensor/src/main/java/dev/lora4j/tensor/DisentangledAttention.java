package dev.lora4j.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Attention whose scores read relative positions apart from the content (DeBERTa, arXiv 2006.03654, section 3.1).
 *
 * <pre>
 * score(i, j) = (q_i · k_j + q_i · K[δ(i, j)] + k_j · Q[δ(i, j)]) / √(headDim · terms)      per head
 * y = softmax(score) v
 * </pre>
 *
 * <p>K and Q are the keys and queries of positions, δ is {@link RelativePositions}; a term without its tensor is left
 * out. transformers' {@code DisentangledSelfAttention}, under libtorch's autograd: the scores of one sequence at a time.
 */
public final class DisentangledAttention {
    private DisentangledAttention() {}

    /**
     * What attention reads.
     *
     * @param q [tokens, heads · headDim]
     * @param k [tokens, heads · headDim]
     * @param v [tokens, heads · headDim]
     * @param positionKeys [2 span, heads · headDim], or null
     * @param positionQueries [2 span, heads · headDim], or null
     */
    public record Inputs(
            Tensor q,
            Tensor k,
            Tensor v,
            @Nullable Tensor positionKeys,
            @Nullable Tensor positionQueries) {}

    /**
     * Attends inside each sequence.
     *
     * @return [tokens, heads · headDim]
     */
    public static Tensor apply(Tape tape, Inputs inputs, Sequences sequences, RelativePositions positions, int heads) {
        boolean keys = inputs.positionKeys() != null;
        boolean queries = inputs.positionQueries() != null;
        List<Tensor> present = Stream.of(
                        inputs.q(), inputs.k(), inputs.v(), inputs.positionKeys(), inputs.positionQueries())
                .filter(Objects::nonNull)
                .toList();
        return Composite.apply(tape, present, leaves -> {
            Tensor positionKeys = keys ? leaves.get(3) : null;
            Tensor positionQueries = queries ? leaves.get(leaves.size() - 1) : null;
            List<Tensor> parts = new ArrayList<>();
            for (int i = 0; i < sequences.count(); i++) {
                int start = sequences.offset(i);
                int end = start + sequences.length(i);
                Inputs one = new Inputs(
                        leaves.get(0).rows(start, end),
                        leaves.get(1).rows(start, end),
                        leaves.get(2).rows(start, end),
                        positionKeys,
                        positionQueries);
                parts.add(sequence(one, positions, heads));
            }
            return Tensor.concatenate(parts.toArray(Tensor[]::new));
        });
    }

    private static Tensor sequence(Inputs inputs, RelativePositions positions, int heads) {
        long length = inputs.q().size(0);
        Tensor q = split(inputs.q(), heads); // [heads, length, headDim]
        Tensor k = split(inputs.k(), heads).transpose(1, 2); // [heads, headDim, length]
        Tensor index = positions.index(Math.toIntExact(length)).to(inputs.q().device());
        org.bytedeco.pytorch.Tensor perHead = index.at().expand(heads, length, length);
        Tensor scores = q.matmul(k);
        int terms = 1;
        if (inputs.positionKeys() != null) {
            Tensor all = q.matmul(split(inputs.positionKeys(), heads).transpose(1, 2)); // [heads, length, 2 span]
            scores = scores.plus(new Tensor(all.at().gather(2, perHead)));
            terms++;
        }
        if (inputs.positionQueries() != null) {
            Tensor all = split(inputs.positionQueries(), heads).matmul(k); // [heads, 2 span, length]
            scores = scores.plus(new Tensor(all.at().gather(1, perHead)));
            terms++;
        }
        double scale = 1 / Math.sqrt((double) q.size(2) * terms);
        return scores.times(scale)
                .softmax(-1)
                .matmul(split(inputs.v(), heads))
                .transpose(0, 1)
                .contiguous()
                .view(length, inputs.q().size(1));
    }

    private static Tensor split(Tensor flat, int heads) {
        return flat.contiguous().view(flat.size(0), heads, flat.size(1) / heads).transpose(0, 1);
    }
}
