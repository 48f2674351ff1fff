package dev.lora4j.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Attention one sequence and one head at a time, straight from its definition: the tests' oracle. */
final class WrittenOutAttention {
    private WrittenOutAttention() {}

    static Tensor of(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionShape shape) {
        List<Tensor> rows = new ArrayList<>();
        for (int i = 0; i < sequences.count(); i++) {
            int start = sequences.offset(i);
            int end = start + sequences.length(i);
            TensorVector heads = new TensorVector();
            for (int h = 0; h < shape.heads(); h++) {
                int kv = h / (shape.heads() / shape.keyValueHeads());
                heads.push_back(head(
                                column(q, start, end, h, shape),
                                column(k, start, end, kv, shape),
                                column(v, start, end, kv, shape),
                                shape)
                        .at());
            }
            rows.add(new Tensor(torch.cat(heads, 1)));
        }
        return Tensor.concatenate(rows.toArray(Tensor[]::new));
    }

    private static Tensor column(Tensor x, int start, int end, int head, AttentionShape shape) {
        return x.rows(start, end).narrow(1, (long) head * shape.headDim(), shape.headDim());
    }

    private static Tensor head(Tensor q, Tensor k, Tensor v, AttentionShape shape) {
        int length = (int) q.size(0);
        org.bytedeco.pytorch.Tensor scores =
                q.matmul(k.transpose(0, 1)).times(shape.scale()).at();
        if (shape.softcap() > 0) {
            scores = scores.div(new Scalar(shape.softcap())).tanh().mul(new Scalar(shape.softcap()));
        }
        double[] mask = new double[length * length];
        for (int i = 0; i < length; i++) {
            for (int j = 0; j < length; j++) {
                boolean future = shape.causal() && j > i;
                boolean far = shape.window() > 0 && Math.abs(i - j) >= shape.window();
                mask[i * length + j] = future || far ? -1e30 : 0;
            }
        }
        Tensor weights = new Tensor(scores.add(Tensor.of(mask, length, length).at())).softmax(-1);
        return weights.matmul(v);
    }
}
