package dev.lora4j.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Lookup in a frozen table with low-rank adapters beside it (PEFT's LoRA for {@code nn.Embedding}).
 *
 * <pre>
 * y[t] = E[id_t] + s · B A[:, id_t]     E [vocabulary, hidden], A [rank, vocabulary], B [hidden, rank]
 * </pre>
 *
 * <p>With DoRA's magnitude y[t] is m/n ∘ that, n the norms of the columns of E + s·(BA)ᵀ.
 */
public final class LowRankEmbedding {
    private LowRankEmbedding() {}

    private record Kept(
            Segment segment,
            Tensor ids,
            Tensor projected,
            @Nullable Tensor direction) {}

    /**
     * Looks up.
     *
     * @param ids [tokens], int64, each in [0, vocabulary)
     * @param table E
     * @return [tokens, hidden]
     */
    public static Tensor apply(Tape tape, Tensor ids, Tensor table, List<Segment> segments) {
        return apply(tape, ids, FrozenMatrix.of(table), segments);
    }

    /** The same in a table however it is kept. */
    public static Tensor apply(Tape tape, Tensor ids, FrozenMatrix table, List<Segment> segments) {
        if (segments.isEmpty()) {
            return Embedding.apply(tape, ids, table);
        }
        try (Scope scope = Scope.open()) {
            Tensor y = table.selectRows(ids);
            List<Kept> kept = new ArrayList<>();
            for (Segment segment : segments) {
                kept.add(forward(ids, y, segment));
            }
            Tensor[] saved = saved(ids, table, kept);
            if (Arrays.stream(saved).anyMatch(tape::tracks)) {
                tape.record(y, dy -> backward(tape, dy, ids, table, kept), saved);
            }
            return scope.give(y);
        }
    }

    private static Kept forward(Tensor ids, Tensor y, Segment segment) {
        LowRank pair = segment.adapter();
        Tensor own = ids.rows(segment.start(), segment.end());
        Tensor projected = new Tensor(pair.a().at().index_select(1, own.at()).t()); // [rows, rank]
        Tensor rows = y.rows(segment.start(), segment.end());
        rows.addProductInPlace(projected, pair.b().transpose(0, 1), pair.scaling());
        Tensor direction = null;
        if (pair.magnitude() != null) {
            direction = rows.copy();
            rows.timesInPlace(pair.magnitude().factor());
        }
        return new Kept(segment, own, projected, direction);
    }

    private static Tensor[] saved(Tensor ids, FrozenMatrix table, List<Kept> kept) {
        List<Tensor> saved = new ArrayList<>(List.of(ids));
        saved.addAll(table.tensors());
        for (Kept each : kept) {
            LowRank pair = each.segment().adapter();
            saved.addAll(List.of(pair.a(), pair.b(), each.ids(), each.projected()));
            if (pair.magnitude() != null && each.direction() != null) {
                saved.addAll(List.of(pair.magnitude().values(), pair.magnitude().norms(), each.direction()));
            }
        }
        return saved.toArray(Tensor[]::new);
    }

    private static void backward(Tape tape, Tensor dy, Tensor ids, FrozenMatrix table, List<Kept> kept) {
        Tensor dTable = kept.stream().anyMatch(each -> each.direction() != null) ? dy.copy() : dy;
        for (Kept each : kept) {
            Segment segment = each.segment();
            Tensor rows = dTable.rows(segment.start(), segment.end());
            Magnitude magnitude = segment.adapter().magnitude();
            if (magnitude != null && each.direction() != null) {
                magnitude.addGradient(tape, rows, each.direction());
                rows.timesInPlace(magnitude.factor());
            }
            backwardPair(tape, rows, each);
        }
        Tensor trained = table.trainable();
        if (trained != null && tape.tracks(trained)) {
            tape.buffer(trained, trained.shape(), dy).at().index_add_(0, ids.at(), dTable.at());
        }
    }

    private static void backwardPair(Tape tape, Tensor du, Kept kept) {
        LowRank pair = kept.segment().adapter();
        Scalar scaling = new Scalar(pair.scaling());
        if (tape.tracks(pair.b())) {
            tape.addProduct(pair.b(), du.at().t(), kept.projected().at().mul(scaling));
        }
        if (tape.tracks(pair.a())) {
            org.bytedeco.pytorch.Tensor dProjected =
                    torch.mm(du.at(), pair.b().at()).mul_(scaling);
            tape.buffer(pair.a(), pair.a().shape(), du)
                    .at()
                    .index_add_(1, kept.ids().at(), dProjected.t());
        }
    }
}
