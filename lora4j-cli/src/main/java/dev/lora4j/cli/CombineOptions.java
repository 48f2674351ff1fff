package dev.lora4j.cli;

import dev.lora4j.lora.CombinationMethod;
import dev.lora4j.lora.Truncation;
import dev.lora4j.tensor.MajoritySign;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How adapters are combined, as options; one that the method does not know is refused. */
final class CombineOptions {
    private static final double DENSITY = 0.5;
    private static final long SEED = 42;

    @Option(names = "--method", paramLabel = "NAME", description = "${COMPLETION-CANDIDATES} (cat).")
    private CombineMethod method = CombineMethod.CAT;

    @Option(
            names = {"-r", "--rank"},
            paramLabel = "R",
            description = "Rank of the result (the largest of the adapters').")
    private @Nullable Integer rank;

    @Option(
            names = "--energy",
            paramLabel = "X",
            description = "Instead of a rank, the share of the squared singular values that each layer keeps.")
    private @Nullable Double energy;

    @Option(names = "--density", paramLabel = "X", description = "Share of each adapter's values that stay (0.5).")
    private @Nullable Double density;

    @Option(
            names = "--majority-sign",
            paramLabel = "NAME",
            description = "How values elect their sign: ${COMPLETION-CANDIDATES} (total).")
    private @Nullable MajoritySign majority;

    @Option(names = "--seed", paramLabel = "N", description = "Of the random values (42).")
    private @Nullable Long seed;

    CombineMethod method() {
        return method;
    }

    /** Refuses what the method does not know, before anything is read. */
    void check() {
        requireKnown("rank", rank, method.hasRank());
        requireKnown("energy", energy, method.hasRank());
        requireKnown("density", density, method.hasDensity());
        requireKnown("majority-sign", majority, method.hasMajority());
        requireKnown("seed", seed, method.hasSeed());
        if (rank != null && energy != null) {
            throw new IllegalArgumentException("give rank or energy, not both");
        }
        combination(1);
    }

    private void requireKnown(String name, @Nullable Object value, boolean known) {
        if (value != null && !known) {
            throw new IllegalArgumentException(name + " has no meaning for the method " + method
                    + (method.hasRank() ? "" : ", which is exact; expected another method, such as svd"));
        }
    }

    /**
     * The method with its settings.
     *
     * @param largestRank of the adapters, for a rank that is not given
     */
    CombinationMethod combination(int largestRank) {
        double share = density == null ? DENSITY : density;
        long key = seed == null ? SEED : seed;
        MajoritySign sign = majority == null ? MajoritySign.TOTAL : majority;
        Truncation truncation = energy == null
                ? new Truncation.ToRank(rank == null ? largestRank : rank)
                : new Truncation.ToEnergy(energy);
        return switch (method) {
            case CAT -> CombinationMethod.cat();
            case LINEAR -> CombinationMethod.linear();
            case SVD -> CombinationMethod.svd(truncation);
            case TIES -> CombinationMethod.ties(share, sign, truncation);
            case DARE -> CombinationMethod.dareLinear(share, key, truncation);
            case DARE_TIES -> CombinationMethod.dareTies(share, key, sign, truncation);
            case MAGNITUDE -> CombinationMethod.magnitudePrune(share, truncation);
        };
    }
}
