package dev.lora4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScopeTest {
    @Test
    void aTensorDiesWithItsScopeUnlessGivenOrKept() {
        try (Scope model = Scope.shared();
                Scope outer = Scope.open()) {
            Tensor given;
            Tensor kept;
            Tensor lost;
            try (Scope inner = Scope.open()) {
                given = inner.give(Tensor.of(new float[] {1, 2}, 2));
                kept = model.keep(Tensor.of(new float[] {3}, 1));
                lost = Tensor.of(new float[] {4}, 1);
            }
            assertThat(given.toFloats()).containsExactly(1, 2);
            assertThat(kept.toFloats()).containsExactly(3);
            assertThat(lost.at().isNull()).isTrue();
            model.close();
            assertThat(kept.at().isNull()).isTrue();
        }
    }

    @Test
    void givingWithoutAScopeAroundIsRefused() {
        try (Scope only = Scope.open()) {
            Tensor tensor = Tensor.zeros(DType.F32, 2);
            assertThatThrownBy(() -> only.give(tensor)).isInstanceOf(TensorException.class);
        }
    }

    @Test
    void nativeObjectsAreFlatOverManySteps() {
        long[] after = new long[4];
        for (int round = 0; round < 4; round++) {
            for (int step = 0; step < 50; step++) {
                step(step);
            }
            after[round] = Scope.liveObjects();
        }
        assertThat(after[3]).isPositive().isLessThanOrEqualTo(after[1]);
    }

    /** Forward, loss and backward through most operations. */
    private static void step(int number) {
        try (Scope scope = Scope.open()) {
            Tensor a = Random.normal(1, 0.1, 2, 8);
            Tensor b = Random.normal(2, 0.1, 8, 2);
            Tensor w = Random.normal(3, 0.1, 8, 8);
            Tensor norm = Random.normal(4, 1, 8);
            Tensor x = Random.normal(number, 1, 10, 8);
            Tensor angles = Random.normal(5, 1, 10, 2);
            Sequences sequences = Sequences.ofLengths(4, 6);
            Segment segment =
                    new Segment(2, 9, new LowRank(a, b, 2), java.util.Optional.of(new DropoutStream(0.1, number)));
            try (Tape tape = Tape.recording(List.of(a, b))) {
                Tensor h = Recompute.apply(tape, x, List.of(), (inner, in) -> {
                    Tensor q =
                            LowRankLinear.apply(inner, RmsNorm.apply(inner, in, norm, 1e-6), w, null, List.of(segment));
                    Tensor rotated = Rotary.apply(inner, q, angles, angles);
                    Tensor y = Attention.apply(inner, rotated, rotated, q, sequences, AttentionShape.causal(2, 2, 4));
                    return Add.apply(inner, in, GatedUnit.apply(inner, y, q, Activation.SILU));
                });
                Tensor labels = Tensor.of(new long[10]);
                Tensor weights = Tensor.of(new float[10], 10);
                VocabularyLoss.apply(
                        tape,
                        h,
                        new VocabularyLoss.Head(w, List.of(), 0),
                        new CrossEntropy.Targets(labels, weights, 0.1));
                tape.backward();
                assertThat(tape.gradient(a)).isPresent();
            }
        }
    }

    @Test
    void nothingIsLeftWhenAStepFails() {
        step(0);
        long before = Scope.liveObjects();
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(ScopeTest::failingStep).isInstanceOf(IllegalStateException.class);
        }
        assertThat(Scope.liveObjects()).isLessThanOrEqualTo(before);
    }

    private static void failingStep() {
        try (Scope scope = Scope.open()) {
            Tensor w = Random.normal(3, 0.1, 8, 8);
            try (Tape tape = Tape.recording(List.of(w))) {
                Tensor y = LowRankLinear.apply(tape, Random.normal(1, 1, 10, 8), w, null, List.of());
                Tensor z = Recompute.apply(tape, y, List.of(), Activation.SILU::apply);
                tape.record(z, dy -> {
                    throw new IllegalStateException("injected");
                });
                tape.seed(z, Tensor.zerosLike(z));
                tape.backward();
            }
        }
    }
}
