package dev.lora4j.cli;

import dev.lora4j.lora.LoraConfig;
import dev.lora4j.lora.MergedModel;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.LowRankLinear;
import dev.lora4j.tensor.Random;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Segment;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;

/** docs/lora-explained.md, one layer of 512 × 512 values. */
final class ExplainedLayer extends Chapter {
    @Override
    void tell() {
        try (Scope scope = Scope.open()) {
            begin("count");
            Tensor w = Random.normal(1, 0.05, 512, 512); // [out, in], frozen
            Tensor a = Random.uniform(2, 0.05, 4, 512); // [r, in], random
            Tensor b = Tensor.zeros(DType.F32, 512, 4); // [out, r], zero
            LowRank pair = new LowRank(a, b, 8.0 / 4); // scaled by alpha / r

            print("W        %,d values", w.elements());
            print("A and B  %,d values", pair.trainedValues());
            print("ratio    %d", w.elements() / pair.trainedValues());
            // end
            beside(w, b, pair);
        }
        scale();
    }

    private void beside(Tensor w, Tensor b, LowRank pair) {
        begin("beside");
        Tensor bias = Random.normal(3, 1, 512);
        Tensor x = Random.normal(4, 1, 10, 512); // ten inputs, a row each
        Tape tape = Tape.inference();
        Tensor alone = LowRankLinear.apply(tape, x, w, bias, List.of());
        Tensor beside = LowRankLinear.apply(tape, x, w, bias, List.of(new Segment(0, 10, pair)));
        print("an untrained pair changes nothing: %b", beside.sameBits(alone));
        // end

        begin("mixed");
        b.copyFrom(Random.normal(5, 0.05, 512, 4)); // as if it had been trained
        Tensor mixed = LowRankLinear.apply(tape, x, w, bias, List.of(new Segment(0, 7, pair)));
        print("the first 7 rows are changed:      %b", !mixed.rows(0, 7).sameBits(alone.rows(0, 7)));
        print("the last 3 are the base's:         %b", mixed.rows(7, 10).sameBits(alone.rows(7, 10)));
        // end

        begin("fold");
        Tensor merged = MergedModel.weight("layer", w, pair); // W + s B A
        Tensor folded = LowRankLinear.apply(tape, x, merged, bias, List.of());
        Tensor both = LowRankLinear.apply(tape, x, w, bias, List.of(new Segment(0, 10, pair)));
        print("W + s B A   %,d values", merged.elements());
        print("difference  %.3f", largest(folded.minus(both)));
        print("B A itself  %.3f", largest(both.minus(alone)));
        // end
    }

    private void scale() {
        begin("scale");
        for (int r : new int[] {4, 8, 64}) {
            LoraConfig config = LoraConfig.rank(r).alpha(16);
            double plain = config.scalingAt("any");
            double stabilized = config.rankStabilized(true).scalingAt("any");
            print("r %2d   alpha / r %.2f   alpha / sqrt(r) %.2f", r, plain, stabilized);
        }
        // end
    }

    /** The largest absolute value. */
    private static double largest(Tensor values) {
        double largest = 0;
        for (float value : values.toFloats()) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
