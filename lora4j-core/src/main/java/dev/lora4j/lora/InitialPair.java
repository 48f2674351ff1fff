package dev.lora4j.lora;

import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Decompositions;
import dev.lora4j.tensor.FrozenMatrix;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Random;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;

/** A and B of a linear layer as training begins, by {@link Initialization}. */
final class InitialPair {
    private static final int ROUNDS = 4;
    private static final int OVERSAMPLING = 10;
    private static final double ORTHOGONAL_SCALE = 0.1;

    private final Initialization kind;
    private final int rank;
    private final double scaling;
    private final long key;

    /**
     * A beginning.
     *
     * @param key of the random values, one per module
     */
    InitialPair(Initialization kind, int rank, double scaling, long key) {
        this.kind = kind;
        this.rank = rank;
        this.scaling = scaling;
        this.key = key;
    }

    /**
     * The pair beside a weight.
     *
     * @param weight [out, in]
     * @return of the calling thread's scope, on the processor
     */
    LowRank of(FrozenMatrix weight) {
        try (Scope scope = Scope.open()) {
            LowRank pair = compute(weight);
            return new LowRank(
                    scope.give(pair.a().contiguous()), scope.give(pair.b().contiguous()), scaling);
        }
    }

    private LowRank compute(FrozenMatrix weight) {
        long out = weight.outFeatures();
        long in = weight.inFeatures();
        return switch (kind) {
            case KAIMING -> pair(uniform(key, rank, in), Tensor.zeros(DType.F32, out, rank));
            case GAUSSIAN -> pair(Random.normal(key, 1.0 / rank, rank, in), Tensor.zeros(DType.F32, out, rank));
            case RANDOM -> pair(uniform(key, rank, in), uniform(key + 1, out, rank));
            case ORTHOGONAL -> orthogonal(out, in);
            case PISSA -> principal(Decompositions.svd(values(weight)));
            case PISSA_NITER -> principal(randomised(values(weight)));
            case OLORA -> {
                Decompositions.Qr qr = Decompositions.qr(values(weight));
                requireRank(qr.r());
                yield pair(qr.r().rows(0, rank), qr.q().narrow(1, 0, rank));
            }
        };
    }

    private static Tensor values(FrozenMatrix weight) {
        return weight.dense().to(DType.F32);
    }

    private LowRank pair(Tensor a, Tensor b) {
        return new LowRank(a, b, scaling);
    }

    private static Tensor uniform(long key, long rows, long columns) {
        return Random.uniform(key, 1 / Math.sqrt((double) columns), rows, columns);
    }

    /** B A is zero, since even and odd rows of one orthogonal matrix are orthogonal to each other. */
    private LowRank orthogonal(long out, long in) {
        if (rank % 2 != 0) {
            throw new AdapterException("init_lora_weights orthogonal needs an even rank; r is " + rank);
        }
        int half = rank / 2;
        Tensor q = Decompositions.qr(Random.normal(key, 1, rank, rank)).q().contiguous();
        Tensor evenThenOdd = q.view(half, 2, rank).transpose(0, 1).contiguous();
        Tensor forA = evenThenOdd.rows(0, 1).view(half, rank);
        Tensor forB = evenThenOdd.rows(1, 2).view(half, rank);
        Tensor a = forA.transpose(0, 1).matmul(Random.normal(key + 1, ORTHOGONAL_SCALE, half, in));
        Tensor b = Random.normal(key + 2, ORTHOGONAL_SCALE, out, half).matmul(forB);
        return pair(a, b);
    }

    /** A = √(S/s) Vᵀ, B = U √(S/s) of the largest singular values, so that s·B·A is W's principal part. */
    private LowRank principal(Decompositions.Svd svd) {
        requireRank(svd.vt());
        Tensor root = svd.s().narrow(0, 0, rank).times(1 / scaling).sqrt();
        Tensor a = svd.vt().rows(0, rank).times(root.view(rank, 1));
        return pair(a, svd.u().narrow(1, 0, rank).times(root));
    }

    /** Halko, Martinsson and Tropp's subspace iteration (arXiv 0909.4061, algorithm 4.4). */
    private Decompositions.Svd randomised(Tensor weight) {
        long width = Math.min(rank + OVERSAMPLING, Math.min(weight.size(0), weight.size(1)));
        Tensor transposed = weight.transpose(0, 1);
        Tensor q = Decompositions.qr(weight.matmul(Random.normal(key, 1, weight.size(1), width)))
                .q();
        for (int round = 0; round < ROUNDS; round++) {
            Tensor other = Decompositions.qr(transposed.matmul(q)).q();
            q = Decompositions.qr(weight.matmul(other)).q();
        }
        Decompositions.Svd small = Decompositions.svd(q.transpose(0, 1).matmul(weight));
        return new Decompositions.Svd(q.matmul(small.u()), small.s(), small.vt());
    }

    private void requireRank(Tensor factor) {
        if (factor.size(0) < rank) {
            throw new AdapterException("r is " + rank + ", but init_lora_weights " + kind.peftName()
                    + " takes at most the weight's own rank " + factor.size(0));
        }
    }
}
