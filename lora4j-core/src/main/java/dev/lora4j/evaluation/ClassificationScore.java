package dev.lora4j.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How well predicted classes agree with the expected ones; every number is that of scikit-learn.
 *
 * <pre>
 * Matthews = (c · s − Σ p t) / √((s² − Σ p²)(s² − Σ t²))   c right ones of s, t expected and p predicted per class
 * </pre>
 *
 * @param examples how many there are
 * @param accuracy share of right ones
 * @param macroF1 mean F1 of the classes that occur among the expected or the predicted ones
 * @param matthews correlation coefficient (R_K for several classes); 0 where all are of one class
 * @param classes each class, in the order of their indices
 * @param confusion {@code confusion.get(expected).get(predicted)} counts
 */
public record ClassificationScore(
        long examples,
        double accuracy,
        double macroF1,
        double matthews,
        List<ClassScore> classes,
        List<List<Long>> confusion) {
    /** Copies the lists. */
    public ClassificationScore {
        classes = List.copyOf(classes);
        confusion = confusion.stream().map(List::copyOf).toList();
    }

    /**
     * One class against all others; a ratio of nothing is 0.
     *
     * @param precision right ones among those predicted
     * @param recall right ones among those expected
     * @param f1 their harmonic mean
     * @param support how many were expected
     */
    public record ClassScore(double precision, double recall, double f1, long support) {}

    /**
     * Compares class indices.
     *
     * @param classes how many there are; indices are below it
     */
    public static ClassificationScore of(int[] expected, int[] predicted, int classes) {
        Pairs.require(expected.length, predicted.length);
        long[][] counts = new long[classes][classes];
        for (int i = 0; i < expected.length; i++) {
            counts[expected[i]][predicted[i]]++;
        }
        long[] expectedCounts = new long[classes];
        long[] predictedCounts = new long[classes];
        for (int i = 0; i < classes; i++) {
            for (int j = 0; j < classes; j++) {
                expectedCounts[i] += counts[i][j];
                predictedCounts[j] += counts[i][j];
            }
        }
        long right = 0;
        List<ClassScore> scores = new ArrayList<>();
        for (int i = 0; i < classes; i++) {
            right += counts[i][i];
            scores.add(score(counts[i][i], predictedCounts[i], expectedCounts[i]));
        }
        double macroF1 = IntStream.range(0, classes)
                .filter(i -> expectedCounts[i] + predictedCounts[i] > 0)
                .mapToDouble(i -> scores.get(i).f1())
                .average()
                .orElse(0);
        return new ClassificationScore(
                expected.length,
                (double) right / expected.length,
                macroF1,
                matthews(right, expectedCounts, predictedCounts),
                scores,
                Arrays.stream(counts)
                        .map(row -> Arrays.stream(row).boxed().toList())
                        .toList());
    }

    private static ClassScore score(long right, long predicted, long expected) {
        return new ClassScore(
                ratio(right, predicted), ratio(right, expected), ratio(2 * right, predicted + expected), expected);
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    private static double matthews(long right, long[] expected, long[] predicted) {
        double all = Arrays.stream(expected).sum();
        double together = 0;
        double expectedSquares = 0;
        double predictedSquares = 0;
        for (int i = 0; i < expected.length; i++) {
            together += (double) expected[i] * predicted[i];
            expectedSquares += (double) expected[i] * expected[i];
            predictedSquares += (double) predicted[i] * predicted[i];
        }
        double spread = (all * all - predictedSquares) * (all * all - expectedSquares);
        return spread == 0 ? 0 : (right * all - together) / Math.sqrt(spread);
    }
}
