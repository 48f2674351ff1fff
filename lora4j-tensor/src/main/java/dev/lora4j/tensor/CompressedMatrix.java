package dev.lora4j.tensor;

import java.util.List;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A matrix kept compressed and expanded to float32 some rows at a time, in a buffer that is used for one run of rows
 * after another (QLoRA's scheme, arXiv 2305.14314, section 3).
 *
 * <p>Products differ from those of the expanded matrix by the order of sums at most.
 */
record CompressedMatrix(CompressedRows rows, ExpansionBuffers buffers) implements FrozenMatrix {
    private interface Run {
        /** Some rows of W from a first one on, [n, in]; overwritten afterwards. */
        void use(long first, Tensor expanded);
    }

    @Override
    public long outFeatures() {
        return rows.count();
    }

    @Override
    public long inFeatures() {
        return rows.width();
    }

    @Override
    public Tensor product(Tensor x, @Nullable Tensor bias) {
        try (Scope scope = Scope.open()) {
            Tensor y = Tensor.empty(DType.F32, x.size(0), outFeatures());
            inRuns((first, expanded) -> {
                Tensor part = y.narrow(1, first, expanded.size(0));
                if (x.size(0) == 1) { // as in Products: told that it is a vector, the library uses all threads
                    torch.mv_out(part.view(-1).at(), expanded.at(), x.view(-1).at());
                } else {
                    torch.mm_out(part.at(), x.at(), expanded.at().t());
                }
            });
            return scope.give(bias == null ? y : y.addInPlace(bias, 1));
        }
    }

    @Override
    public Tensor gradient(Tensor dy) {
        try (Scope scope = Scope.open()) {
            Tensor dx = Tensor.empty(DType.F32, dy.size(0), inFeatures());
            addRuns(dx, dy, true);
            return scope.give(dx);
        }
    }

    @Override
    public void addGradient(Tensor dx, Tensor dy) {
        addRuns(dx, dy, false);
    }

    private void addRuns(Tensor dx, Tensor dy, boolean fresh) {
        inRuns((first, expanded) -> {
            Tensor part = dy.narrow(1, first, expanded.size(0));
            if (fresh && first == 0) {
                torch.mm_out(dx.at(), part.at(), expanded.at());
            } else {
                dx.at().addmm_(part.at(), expanded.at());
            }
        });
    }

    private void inRuns(Run run) {
        long height = rows.run();
        buffers.use(height * inFeatures(), buffer -> {
            for (long first = 0; first < outFeatures(); first += height) {
                try (Scope each = Scope.open()) {
                    run.use(first, rows.expand(first, buffer));
                }
            }
        });
    }

    @Override
    public Tensor selectRows(Tensor ids) {
        try (Scope scope = Scope.open()) {
            long[] wanted = ids.toLongs();
            Tensor chosen = Tensor.empty(DType.F32, wanted.length, inFeatures());
            for (int i = 0; i < wanted.length; i++) {
                try (Scope each = Scope.open()) {
                    rows.row(wanted[i], chosen.rows(i, i + 1));
                }
            }
            return scope.give(chosen);
        }
    }

    @Override
    public Tensor dense() {
        try (Scope scope = Scope.open()) {
            Tensor all = Tensor.empty(DType.F32, outFeatures(), inFeatures());
            inRuns((first, expanded) ->
                    all.rows(first, first + expanded.size(0)).copyFrom(expanded));
            return scope.give(all);
        }
    }

    @Override
    public long bytes() {
        return rows.bytes();
    }

    @Override
    public List<Tensor> tensors() {
        return rows.tensors();
    }

    @Override
    public Device device() {
        return Device.CPU;
    }
}
