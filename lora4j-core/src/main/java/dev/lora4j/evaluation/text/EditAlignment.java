package dev.lora4j.evaluation.text;

import java.util.Arrays;
import java.util.List;

/**
 * The fewest insertions, removals and replacements that make a reference of a candidate, and which words stay together.
 *
 * <p>As Tercom it looks only at cells near the diagonal, {@value #BEAM} to each side. Of equal ways it prefers a word that
 * stays or is replaced, then a removal, then an insertion.
 *
 * @param edits how many
 * @param alignedTo for each word of the reference the one of the candidate that it stands beside, or is inserted after
 * @param candidateWrong whether a word of the candidate is removed or replaced
 * @param referenceWrong whether a word of the reference is inserted or replaces one
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one step of TerShifts
record EditAlignment(int edits, int[] alignedTo, boolean[] candidateWrong, boolean[] referenceWrong) {
    private static final int BEAM = 25;
    private static final int FAR = Integer.MAX_VALUE / 2;

    private enum Edit {
        NONE,
        KEEP,
        REPLACE,
        INSERT,
        REMOVE
    }

    static EditAlignment of(List<String> candidate, List<String> reference) {
        int[][] costs = new int[candidate.size() + 1][reference.size() + 1];
        Edit[][] edits = new Edit[candidate.size() + 1][reference.size() + 1];
        for (int i = 0; i <= candidate.size(); i++) {
            Arrays.fill(costs[i], FAR);
            Arrays.fill(edits[i], Edit.NONE);
        }
        for (int j = 0; j <= reference.size(); j++) {
            costs[0][j] = j;
            edits[0][j] = Edit.INSERT;
        }
        double ratio = candidate.isEmpty() ? 1 : (double) reference.size() / candidate.size();
        int beam = BEAM < ratio / 2 ? (int) Math.ceil(ratio / 2 + BEAM) : BEAM;
        for (int i = 1; i <= candidate.size(); i++) {
            int diagonal = (int) Math.floor(i * ratio);
            int first = Math.max(0, diagonal - beam);
            int end = i == candidate.size() ? reference.size() + 1 : Math.min(reference.size() + 1, diagonal + beam);
            for (int j = first; j < end; j++) {
                boolean same = j > 0 && candidate.get(i - 1).equals(reference.get(j - 1));
                choose(costs, edits, i, j, same);
            }
        }
        return trace(costs, edits);
    }

    private static void choose(int[][] costs, Edit[][] edits, int i, int j, boolean same) {
        if (j > 0) {
            costs[i][j] = Math.min(FAR, costs[i - 1][j - 1] + (same ? 0 : 1));
            edits[i][j] = same ? Edit.KEEP : Edit.REPLACE;
        }
        if (costs[i][j] > costs[i - 1][j] + 1) {
            costs[i][j] = costs[i - 1][j] + 1;
            edits[i][j] = Edit.REMOVE;
        }
        if (j > 0 && costs[i][j] > costs[i][j - 1] + 1) {
            costs[i][j] = costs[i][j - 1] + 1;
            edits[i][j] = Edit.INSERT;
        }
    }

    private static EditAlignment trace(int[][] costs, Edit[][] edits) {
        int i = costs.length - 1;
        int j = costs[0].length - 1;
        EditAlignment alignment = new EditAlignment(costs[i][j], new int[j], new boolean[i], new boolean[j]);
        while (i > 0 || j > 0) {
            Edit edit = edits[i][j];
            if (edit == Edit.REMOVE) {
                alignment.candidateWrong[--i] = true;
            } else if (edit == Edit.INSERT) {
                alignment.referenceWrong[--j] = true;
                alignment.alignedTo[j] = i - 1;
            } else {
                alignment.candidateWrong[--i] = edit == Edit.REPLACE;
                alignment.referenceWrong[--j] = edit == Edit.REPLACE;
                alignment.alignedTo[j] = i;
            }
        }
        return alignment;
    }
}
