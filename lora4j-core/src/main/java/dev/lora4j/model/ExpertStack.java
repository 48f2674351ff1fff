package dev.lora4j.model;

import dev.lora4j.tensor.Composite;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.LowRankLinear;
import dev.lora4j.tensor.RowRange;
import dev.lora4j.tensor.Segment;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One matrix of every expert of a layer as one parameter, which PEFT calls by {@code target_parameters}.
 *
 * <p>A pair beside it has the experts' pairs stacked as PEFT's {@code ParamWrapper} has them: A [experts · rank, in], one
 * expert after another; B [out, rank · experts], the experts' columns in turn.
 *
 * @param path such as {@code model.layers.0.mlp.experts.down_proj}
 * @param weight [experts, out, in]
 * @param files names of the stored tensors that hold its rows, in order, as many rows each
 */
public record ExpertStack(String path, Tensor weight, List<String> files) implements AdaptableModule {
    /** Copies the list. */
    public ExpertStack {
        files = List.copyOf(files);
    }

    @Override
    public @Nullable Tensor bias() {
        return null;
    }

    /** Number of experts. */
    public int experts() {
        return (int) weight.size(0);
    }

    /** An expert's matrix [out, in], a view. */
    public Tensor matrix(int expert) {
        return weight.narrow(0, expert, 1).view(weight.size(1), weight.size(2));
    }

    /** An expert's own pair out of a stacked one: A [rank, in], B [out, rank]. */
    public LowRank pair(LowRank stacked, int expert) {
        return pair(Tape.inference(), stacked, expert);
    }

    private LowRank pair(Tape tape, LowRank stacked, int expert) {
        int experts = experts();
        long rank = stacked.a().size(0) / experts;
        long out = stacked.b().size(0);
        Tensor a = RowRange.apply(tape, stacked.a(), expert * rank, (expert + 1) * rank);
        Tensor b = Composite.apply(
                tape,
                List.of(stacked.b()),
                inputs -> inputs.get(0)
                        .view(out, rank, experts)
                        .narrow(2, expert, 1)
                        .contiguous()
                        .view(out, rank));
        return new LowRank(a, b, stacked.scaling());
    }

    /**
     * One expert's layer.
     *
     * @param x [rows, in], the tokens that go through this expert
     * @param choice which tokens those are
     * @return [rows, out]
     */
    Tensor apply(Tape tape, Tensor x, int expert, ExpertChoice choice, Routing routing) {
        List<Segment> segments = new ArrayList<>();
        for (Segment segment : routing.segments(path)) {
            long start = choice.firstRow(expert, segment.start());
            long end = choice.firstRow(expert, segment.end());
            if (start < end) {
                segments.add(new Segment(start, end, pair(tape, segment.adapter(), expert)));
            }
        }
        return LowRankLinear.apply(tape, x, matrix(expert), null, segments);
    }

    /** The same stack with the values that a change says. */
    ExpertStack map(ModuleChange change) {
        return new ExpertStack(path, change.apply(this).weightOr(weight), files);
    }
}
