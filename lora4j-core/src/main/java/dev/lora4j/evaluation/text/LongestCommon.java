package dev.lora4j.evaluation.text;

import java.util.List;

/** The longest common subsequence of two texts. */
final class LongestCommon {
    private LongestCommon() {}

    /** Its length, in tokens. */
    static int length(List<String> first, List<String> second) {
        int[] above = new int[second.size() + 1];
        for (String token : first) {
            int[] row = new int[second.size() + 1];
            for (int j = 1; j <= second.size(); j++) {
                row[j] = token.equals(second.get(j - 1)) ? above[j - 1] + 1 : Math.max(above[j], row[j - 1]);
            }
            above = row;
        }
        return above[second.size()];
    }
}
