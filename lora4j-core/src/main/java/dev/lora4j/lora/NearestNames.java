package dev.lora4j.lora;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The names closest to one that was not found, for error messages. */
public final class NearestNames {
    private static final int SHOWN = 3;

    private NearestNames() {}

    /** Something like {@code ; did you mean q_proj, k_proj?}, comparing last parts of paths. */
    public static String hint(String wanted, Collection<String> paths) {
        List<String> nearest = paths.stream()
                .map(NearestNames::lastPart)
                .distinct()
                .sorted(Comparator.comparingInt(name -> distance(lastPart(wanted), name)))
                .limit(SHOWN)
                .toList();
        return nearest.isEmpty() ? "" : "; did you mean " + String.join(", ", nearest) + "?";
    }

    static String lastPart(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
