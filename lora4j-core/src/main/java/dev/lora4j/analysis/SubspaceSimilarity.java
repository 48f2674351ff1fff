package dev.lora4j.analysis;

import dev.lora4j.tensor.Scope;
import java.util.ArrayList;
import java.util.List;

/**
 * How much of one subspace lies in another, for every number of leading directions of each (LoRA, arXiv 2106.09685, 7.2
 * and appendix G).
 *
 * <pre>
 * φ(i, j) = ‖U₁ⁱᵀ U₂ʲ‖²_F / min(i, j)
 * </pre>
 *
 * <p>Uⁱ are the first i directions. 1: the smaller subspace lies in the other; 0: they are orthogonal. Two random subspaces of
 * n dimensions have max(i, j) / n on average. Immutable.
 *
 * @param values φ(i, j) at [i − 1][j − 1]
 */
public record SubspaceSimilarity(List<List<Double>> values) {
    /** Copies the lists. */
    public SubspaceSimilarity {
        values = values.stream().map(List::copyOf).toList();
    }

    /**
     * Compares.
     *
     * @param first at least one direction
     * @param second at least one, in the same space
     * @throws IllegalArgumentException if one has no direction or the spaces differ
     */
    public static SubspaceSimilarity of(Directions first, Directions second) {
        long size = first.columns().size(0);
        if (size != second.columns().size(0)) {
            throw new IllegalArgumentException("one has directions in a space of " + size + " dimensions, the other of "
                    + second.columns().size(0) + "; expected the same space");
        }
        if (first.count() == 0 || second.count() == 0) {
            throw new IllegalArgumentException("a matrix of zeros has no directions to compare");
        }
        try (Scope scope = Scope.open()) {
            double[] squares = first.columns()
                    .transpose(0, 1)
                    .matmul(second.columns())
                    .square()
                    .toDoubles();
            return of(squares, first.count(), second.count());
        }
    }

    /** Sums over all leading blocks, each from the three around it. */
    private static SubspaceSimilarity of(double[] squares, int rows, int columns) {
        double[][] sums = new double[rows + 1][columns + 1];
        List<List<Double>> values = new ArrayList<>();
        for (int i = 1; i <= rows; i++) {
            List<Double> row = new ArrayList<>();
            double inRow = 0;
            for (int j = 1; j <= columns; j++) {
                inRow += squares[(i - 1) * columns + j - 1];
                sums[i][j] = sums[i - 1][j] + inRow;
                row.add(Math.min(1, sums[i][j] / Math.min(i, j))); // above 1 by rounding alone
            }
            values.add(row);
        }
        return new SubspaceSimilarity(values);
    }

    /** φ of the first i directions of one and the first j of the other, both counted from 1. */
    public double at(int i, int j) {
        return values.get(i - 1).get(j - 1);
    }

    /** φ of all directions of both. */
    public double ofAll() {
        return at(values.size(), values.get(0).size());
    }
}
