package dev.lora4j.analysis;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Ranks that hold a share of what an adapter has learned. Immutable.
 *
 * <p>It is about this adapter's ΔW alone: a rank that loses 5 % of it need not lose any accuracy, nor must one that is trained
 * anew at that rank come out the same.
 *
 * @param share of ‖ΔW‖²_F, above 0 and at most 1
 * @param overall the smallest rank at which all layers together, each cut to it, hold the share
 * @param ranks of each layer the smallest that holds the share of its own ΔW; 0 where ΔW is zero
 */
public record RankSuggestion(double share, int overall, Map<String, Integer> ranks) {
    /** Copies the map. */
    public RankSuggestion {
        ranks = new LinkedHashMap<>(ranks);
    }

    /**
     * By the spectra.
     *
     * @param spectra by the path of their layer
     */
    public static RankSuggestion of(Map<String, Spectrum> spectra, double share) {
        requireShare(share);
        Map<String, Integer> ranks = new LinkedHashMap<>();
        spectra.forEach((path, spectrum) -> ranks.put(path, spectrum.rankFor(share)));
        return new RankSuggestion(share, overall(spectra.values(), share), ranks);
    }

    private static int overall(Collection<Spectrum> spectra, double share) {
        double wanted = share * spectra.stream().mapToDouble(Spectrum::energy).sum();
        int largest = spectra.stream()
                .mapToInt(spectrum -> spectrum.values().size())
                .max()
                .orElse(0);
        for (int rank = 0; rank < largest; rank++) {
            int cut = rank;
            if (spectra.stream().mapToDouble(spectrum -> spectrum.energy(cut)).sum() >= wanted) {
                return rank;
            }
        }
        return largest;
    }

    /** By the path of the layer, in their order. */
    @Override
    public Map<String, Integer> ranks() {
        return new LinkedHashMap<>(ranks);
    }

    static void requireShare(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "the energy to keep is " + share + "; expected a share above 0 and at most 1");
        }
    }
}
