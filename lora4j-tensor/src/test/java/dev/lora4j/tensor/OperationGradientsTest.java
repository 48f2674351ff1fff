package dev.lora4j.tensor;

import static dev.lora4j.tensor.GradientCheck.againstAutograd;
import static dev.lora4j.tensor.GradientCheck.againstDifferences;
import static dev.lora4j.tensor.GradientCheck.normal;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every tape operation against central differences in float64 and against libtorch's autograd. */
class OperationGradientsTest {
    private final Random random = new Random(20211);
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void replacedRowsOfWhichOneIsTakenTwice() {
        List<Tensor> inputs = List.of(normal(random, 5, 3), normal(random, 2, 3));
        Tensor rows = Tensor.of(new long[] {0, 3, 4});
        Tensor numbers = Tensor.of(new long[] {1, 0, 1});
        Tensor seed = normal(random, 5, 3);
        BiFunction<Tape, List<Tensor>, Tensor> operation =
                (tape, in) -> ReplaceRows.apply(tape, in.get(0), in.get(1), rows, numbers);
        againstDifferences(inputs, seed, operation);
        againstAutograd(
                inputs,
                seed,
                operation,
                in -> Tensor.concatenate(
                        in.get(1).rows(1, 2),
                        in.get(0).rows(1, 3),
                        in.get(1).rows(0, 1),
                        in.get(1).rows(1, 2)));
    }

    @Test
    void linearWithTwoAdaptersAndBaseRows() {
        Tensor x = normal(random, 7, 5);
        Tensor w = normal(random, 4, 5);
        Tensor bias = normal(random, 4);
        List<Tensor> inputs = List.of(
                x, w, bias, normal(random, 2, 5), normal(random, 4, 2), normal(random, 3, 5), normal(random, 4, 3));
        BiFunction<Tape, List<Tensor>, Tensor> operation = (tape, in) -> LowRankLinear.apply(
                tape,
                in.get(0),
                in.get(1),
                in.get(2),
                List.of(
                        new Segment(0, 3, new LowRank(in.get(3), in.get(4), 0.5)),
                        new Segment(5, 7, new LowRank(in.get(5), in.get(6), 2))));
        Tensor seed = normal(random, 7, 4);
        againstDifferences(inputs, seed, operation);
        againstAutograd(inputs, seed, operation, in -> {
            Tensor base = in.get(0).matmul(in.get(1).transpose(0, 1)).plus(in.get(2));
            Tensor first = dense(in.get(0).rows(0, 3), in.get(3), in.get(4), 0.5);
            Tensor second = dense(in.get(0).rows(5, 7), in.get(5), in.get(6), 2);
            Tensor none = base.rows(3, 5).times(0);
            return base.plus(Tensor.concatenate(first, none, second));
        });
    }

    private static Tensor dense(Tensor x, Tensor a, Tensor b, double scaling) {
        return x.matmul(b.matmul(a).times(scaling).transpose(0, 1));
    }

    @Test
    void adapterDropoutUsesOneMaskForwardAndBackward() {
        DropoutStream stream = new DropoutStream(0.3, 42);
        List<Tensor> inputs = List.of(normal(random, 6, 5), normal(random, 2, 5), normal(random, 4, 2));
        Tensor w = normal(random, 4, 5);
        againstDifferences(
                inputs,
                normal(random, 6, 4),
                (tape, in) -> LowRankLinear.apply(
                        tape,
                        in.get(0),
                        w,
                        null,
                        List.of(new Segment(1, 6, new LowRank(in.get(1), in.get(2), 1.5), Optional.of(stream)))));
    }

    @Test
    void rmsNormOverRowsAndOverHeads() {
        BiFunction<Tape, List<Tensor>, Tensor> operation =
                (tape, in) -> RmsNorm.apply(tape, in.get(0), in.get(1), 1e-6);
        for (int width : new int[] {8, 4}) {
            List<Tensor> inputs = List.of(normal(random, 3, 8), normal(random, width));
            Tensor seed = normal(random, 3, 8);
            againstDifferences(inputs, seed, operation);
            againstAutograd(inputs, seed, operation, in -> {
                Tensor x = new Tensor(in.get(0).at().view(-1, width));
                Tensor epsilon = Tensor.of(new double[] {1e-6}, 1);
                Tensor rms = x.square().mean(-1).plus(epsilon).sqrt();
                return x.dividedBy(rms).times(in.get(1)).view(3, 8);
            });
        }
    }

    @Test
    void layerNorm() {
        List<Tensor> inputs = List.of(normal(random, 4, 6), normal(random, 6), normal(random, 6));
        BiFunction<Tape, List<Tensor>, Tensor> operation =
                (tape, in) -> LayerNorm.apply(tape, in.get(0), in.get(1), in.get(2), 1e-12);
        Tensor seed = normal(random, 4, 6);
        againstDifferences(inputs, seed, operation);
        againstAutograd(inputs, seed, operation, in -> {
            Tensor centred = in.get(0).minus(in.get(0).mean(-1));
            Tensor deviation = centred.square()
                    .mean(-1)
                    .plus(Tensor.of(new double[] {1e-12}, 1))
                    .sqrt();
            return centred.dividedBy(deviation).times(in.get(1)).plus(in.get(2));
        });
    }

    @Test
    void rotary() {
        List<Tensor> inputs = List.of(normal(random, 3, 8));
        Tensor angles = normal(random, 3, 2);
        Tensor cos = new Tensor(angles.at().cos());
        Tensor sin = new Tensor(angles.at().sin());
        BiFunction<Tape, List<Tensor>, Tensor> operation = (tape, in) -> Rotary.apply(tape, in.get(0), cos, sin);
        Tensor seed = normal(random, 3, 8);
        againstDifferences(inputs, seed, operation);
        againstAutograd(inputs, seed, operation, in -> {
            Tensor heads = in.get(0).view(3, 2, 4);
            Tensor rotated = new Tensor(torch.cat(
                    new org.bytedeco.pytorch.TensorVector(
                            heads.narrow(2, 2, 2).times(-1).at(),
                            heads.narrow(2, 0, 2).at()),
                    2));
            Tensor c =
                    new Tensor(torch.cat(new org.bytedeco.pytorch.TensorVector(cos.at(), cos.at()), 1)).view(3, 1, 4);
            Tensor s =
                    new Tensor(torch.cat(new org.bytedeco.pytorch.TensorVector(sin.at(), sin.at()), 1)).view(3, 1, 4);
            return heads.times(c).plus(rotated.times(s)).view(3, 8);
        });
    }

    @Test
    void attentionOfEveryKind() {
        Sequences sequences = Sequences.ofLengths(4, 4, 2, 5);
        AttentionShape[] shapes = {
            AttentionShape.causal(4, 2, 3),
            AttentionShape.bidirectional(2, 3),
            new AttentionShape(4, 2, 3, 0.3, true, 2, 0),
            new AttentionShape(4, 1, 3, 0.5, false, 3, 0),
            new AttentionShape(4, 2, 3, 0.5, true, 0, 1.5),
        };
        for (AttentionShape shape : shapes) {
            List<Tensor> inputs = List.of(
                    normal(random, 15, shape.heads() * 3L),
                    normal(random, 15, shape.keyValueHeads() * 3L),
                    normal(random, 15, shape.keyValueHeads() * 3L));
            Tensor seed = normal(random, 15, shape.heads() * 3L);
            BiFunction<Tape, List<Tensor>, Tensor> operation =
                    (tape, in) -> Attention.apply(tape, in.get(0), in.get(1), in.get(2), sequences, shape);
            againstDifferences(inputs, seed, operation);
            againstAutograd(
                    inputs,
                    seed,
                    operation,
                    in -> WrittenOutAttention.of(in.get(0), in.get(1), in.get(2), sequences, shape));
        }
    }

    @Test
    void fusedQueriesKeysAndValuesOfATransposedMatrix() {
        Sequences sequences = Sequences.ofLengths(4, 2, 3);
        AttentionShape shape = AttentionShape.causal(2, 2, 3);
        Tensor w = normal(random, 5, 18).transpose(0, 1); // [3 · 6, 5], as GPT-2's files have it turned
        List<Tensor> inputs = List.of(normal(random, 9, 5), normal(random, 2, 5), normal(random, 18, 2));
        Tensor seed = normal(random, 9, 6);
        BiFunction<Tape, List<Tensor>, Tensor> operation = (tape, in) -> {
            List<Segment> all = List.of(new Segment(0, 9, new LowRank(in.get(1), in.get(2), 0.5)));
            Tensor fused = LowRankLinear.apply(tape, in.get(0), w, null, all);
            Tensor q = ColumnRange.apply(tape, fused, 0, 6);
            Tensor k = ColumnRange.apply(tape, fused, 6, 12);
            Tensor v = ColumnRange.apply(tape, fused, 12, 18);
            return Attention.apply(tape, q, k, v, sequences, shape);
        };
        againstDifferences(inputs, seed, operation);
        againstAutograd(inputs, seed, operation, in -> {
            Tensor fused = in.get(0).matmul(w.transpose(0, 1)).plus(dense(in.get(0), in.get(1), in.get(2), 0.5));
            return WrittenOutAttention.of(
                    fused.narrow(1, 0, 6), fused.narrow(1, 6, 6), fused.narrow(1, 12, 6), sequences, shape);
        });
    }

    @Test
    void everyActivation() {
        for (Activation activation : Activation.values()) {
            againstDifferences(
                    List.of(normal(random, 4, 5)),
                    normal(random, 4, 5),
                    (tape, in) -> activation.apply(tape, in.get(0)));
        }
    }

    @Test
    void gatedUnits() {
        for (Activation activation : List.of(Activation.SILU, Activation.GELU, Activation.GELU_TANH)) {
            List<Tensor> inputs = List.of(normal(random, 3, 4), normal(random, 3, 4));
            againstDifferences(
                    inputs,
                    normal(random, 3, 4),
                    (tape, in) -> GatedUnit.apply(tape, in.get(0), in.get(1), activation));
        }
    }

    @Test
    void residualBranchesThatMeetAgain() {
        againstDifferences(List.of(normal(random, 3, 4), normal(random, 4)), normal(random, 3, 4), (tape, in) -> {
            Tensor x = in.get(0);
            Tensor once = Add.apply(tape, x, RmsNorm.apply(tape, x, in.get(1), 1e-5));
            Tensor twice = Add.apply(tape, once, Activation.GELU.apply(tape, once));
            return Add.apply(tape, twice, Scale.apply(tape, x, 0.7));
        });
    }

    @Test
    void lookupsAndPooling() {
        Tensor ids = Tensor.of(new long[] {2, 0, 2, 1});
        againstDifferences(
                List.of(normal(random, 3, 4)),
                normal(random, 4, 4),
                (tape, in) -> Embedding.apply(tape, ids, in.get(0)));
        againstDifferences(
                List.of(normal(random, 3, 4)),
                normal(random, 4, 4),
                (tape, in) -> SelectRows.apply(tape, in.get(0), ids));
        Sequences sequences = Sequences.ofLengths(3, 1, 2);
        againstDifferences(
                List.of(normal(random, 6, 4)),
                normal(random, 3, 4),
                (tape, in) -> MeanPooling.apply(tape, in.get(0), sequences));
    }

    @Test
    void dropout() {
        DropoutStream stream = new DropoutStream(0.4, 7);
        againstDifferences(
                List.of(normal(random, 5, 6)),
                normal(random, 5, 6),
                (tape, in) -> Dropout.apply(tape, in.get(0), Optional.of(stream)));
    }

    @Test
    void compositeUnderAutograd() {
        againstDifferences(
                List.of(normal(random, 3, 4), normal(random, 4, 2)),
                normal(random, 3, 2),
                (tape, in) -> Composite.apply(
                        tape, in, parts -> parts.get(0).matmul(parts.get(1)).tanh()));
    }

    @Test
    void recomputedBlockWithDropout() {
        DropoutStream stream = new DropoutStream(0.3, 11);
        Tensor w = normal(random, 4, 4);
        againstDifferences(
                List.of(normal(random, 5, 4), normal(random, 2, 4), normal(random, 4, 2)),
                normal(random, 5, 4),
                (tape, in) -> Recompute.apply(tape, in.get(0), List.of(), (inner, x) -> {
                    Segment segment = new Segment(0, 5, new LowRank(in.get(1), in.get(2), 0.8), Optional.of(stream));
                    Tensor h = LowRankLinear.apply(inner, x, w, null, List.of(segment));
                    return Add.apply(inner, x, Activation.SILU.apply(inner, h));
                }));
    }
}
