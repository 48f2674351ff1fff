package dev.lora4j.cli;

import dev.lora4j.analysis.Amplification;
import dev.lora4j.analysis.Directions;
import dev.lora4j.analysis.Spectrum;
import dev.lora4j.analysis.SubspaceSimilarity;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.LowRankLinear;
import dev.lora4j.tensor.Random;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Segment;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** docs/lora-explained.md, ranks and directions on a layer whose answer is known. */
final class ExplainedRanks extends Chapter {
    @Override
    void tell() {
        try (Scope scope = Scope.open()) {
            begin("teacher");
            Tensor u = Directions.random(64, 4, 1).columns(); // [out, 4], orthonormal
            Tensor v = Directions.random(64, 4, 2).columns(); // [in, 4]
            Tensor sizes = Tensor.of(new double[] {4, 3, 2, 1}, 1, 4);
            Tensor change = u.times(sizes).matmul(v.transpose(0, 1)).to(DType.F32); // [out, in] of rank 4
            // end
            ranks(change);
            shared(change);
            amplified();
        }
    }

    // snippet: learn
    static LowRank learn(Tensor change, int rank, long seed) {
        Tensor w = Random.normal(9, 0.1, 64, 64); // frozen
        Tensor x = identity(64); // every direction of the input once
        Tensor wanted = x.matmul(w.plus(change).transpose(0, 1)); // what the teacher answers
        LowRank pair = new LowRank(Random.uniform(seed, 0.1, rank, 64), Tensor.zeros(DType.F32, 64, rank), 1);
        for (int step = 0; step < 1000; step++) {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.recording(List.of(pair.a(), pair.b()))) {
                Tensor y = LowRankLinear.apply(tape, x, w, null, List.of(new Segment(0, 64, pair)));
                tape.seed(y, y.minus(wanted)); // the gradient of half the squared error
                tape.backward();
                pair.a().addInPlace(tape.gradient(pair.a()).orElseThrow(), -0.1);
                pair.b().addInPlace(tape.gradient(pair.b()).orElseThrow(), -0.1);
            }
        }
        return pair;
    }
    // end

    private void ranks(Tensor change) {
        begin("ranks");
        for (int rank : new int[] {1, 2, 4, 8}) {
            Tensor missing = change.minus(learn(change, rank, 11).delta());
            double share = missing.square().sum().item() / change.square().sum().item();
            print("r %d  %,5d values  not learned: %4.1f %%", rank, rank * (64 + 64), 100 * share);
        }
        // end

        begin("spectrum");
        Spectrum spectrum = Spectrum.of(learn(change, 8, 11));
        print("singular values  %s", rounded(spectrum.values()));
        print("rank for 95 %%    %d", spectrum.rankFor(0.95));
        print("rank for 99 %%    %d", spectrum.rankFor(0.99));
        // end
    }

    private void shared(Tensor change) {
        begin("noise");
        LowRank one = learn(change.plus(Random.normal(21, 0.02, 64, 64)), 8, 31); // its own rows, its own start
        LowRank other = learn(change.plus(Random.normal(22, 0.02, 64, 64)), 8, 32);
        print("one    %s", rounded(Spectrum.of(one).values()));
        print("other  %s", rounded(Spectrum.of(other).values()));
        // end

        begin("shared");
        Directions ofOne = Directions.ofChange(one);
        Directions ofOther = Directions.ofChange(other);
        SubspaceSimilarity shared = SubspaceSimilarity.of(ofOne, ofOther);
        SubspaceSimilarity random = SubspaceSimilarity.of(Directions.random(64, 8, 41), Directions.random(64, 8, 42));
        for (int i = 1; i <= 8; i++) {
            print("first %d  %.2f   random %.2f", i, shared.at(i, i), random.at(i, i));
        }
        // end
    }

    private void amplified() {
        begin("amplify");
        Tensor w = diagonal(64, 60, 10, 0.1); // 10 in sixty directions, 0.1 in the last four
        Tensor last = identity(64).narrow(0, 60, 4); // A reads those four
        LowRank pair = new LowRank(last, last.transpose(0, 1).contiguous(), 2); // B writes them back, twice
        Amplification found = Amplification.of(pair, w, 51);
        print("size of the change                %.1f", found.change());
        print("W in the change's directions      %.1f", found.onChange());
        print("W in its own first four           %.1f", found.onWeight());
        print("amplified                         %.0f times", found.factor());
        // end
    }

    private static String rounded(List<Double> values) {
        return values.stream()
                .map(value -> String.format(Locale.ROOT, "%.1f", value))
                .collect(Collectors.joining(" "));
    }

    private static Tensor identity(int size) {
        return diagonal(size, size, 1, 0);
    }

    /** The first value in the first places of the diagonal, the other in the rest. */
    private static Tensor diagonal(int size, int places, double first, double rest) {
        float[] values = new float[size * size];
        for (int i = 0; i < size; i++) {
            values[i * size + i] = (float) (i < places ? first : rest);
        }
        return Tensor.of(values, size, size);
    }
}
