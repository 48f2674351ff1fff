package dev.lora4j.evaluation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How well predicted numbers agree with the expected ones; the correlations are those of SciPy.
 *
 * @param examples how many there are
 * @param pearson linear correlation, NaN where all of either side are equal
 * @param spearman correlation of the ranks, equal numbers sharing their mean rank; NaN as above
 * @param meanSquaredError mean of the squared differences
 * @param meanAbsoluteError mean of the differences without their sign
 */
public record RegressionScore(
        long examples, double pearson, double spearman, double meanSquaredError, double meanAbsoluteError) {
    /** Compares numbers. */
    public static RegressionScore of(double[] expected, double[] predicted) {
        Pairs.require(expected.length, predicted.length);
        double squares = 0;
        double absolutes = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = predicted[i] - expected[i];
            squares += difference * difference;
            absolutes += Math.abs(difference);
        }
        return new RegressionScore(
                expected.length,
                pearson(expected, predicted),
                pearson(ranks(expected), ranks(predicted)),
                squares / expected.length,
                absolutes / expected.length);
    }

    private static double pearson(double[] x, double[] y) {
        double meanX = Arrays.stream(x).average().orElse(Double.NaN);
        double meanY = Arrays.stream(y).average().orElse(Double.NaN);
        double together = 0;
        double squaresX = 0;
        double squaresY = 0;
        for (int i = 0; i < x.length; i++) {
            together += (x[i] - meanX) * (y[i] - meanY);
            squaresX += (x[i] - meanX) * (x[i] - meanX);
            squaresY += (y[i] - meanY) * (y[i] - meanY);
        }
        return together / (Math.sqrt(squaresX) * Math.sqrt(squaresY));
    }

    /** Ranks from 1 up; equal values get the mean of the ranks they take up. */
    static double[] ranks(double[] values) {
        int[] ascending = IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> values[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] ranks = new double[values.length];
        for (int start = 0; start < ascending.length; ) {
            int end = start + 1;
            while (end < ascending.length && values[ascending[end]] == values[ascending[start]]) {
                end++;
            }
            for (int i = start; i < end; i++) {
                ranks[ascending[i]] = (start + 1 + end) / 2.0;
            }
            start = end;
        }
        return ranks;
    }
}
