package dev.lora4j.lora;

/** Sums over singular values, largest first. */
final class SingularValues {
    private SingularValues() {}

    /** Sum of squares from an index on: the squared Frobenius norm of what these values carry. */
    static double energy(double[] values, int from) {
        double sum = 0;
        for (int i = values.length - 1; i >= from; i--) { // smallest first, so that none is lost to rounding
            sum += values[i] * values[i];
        }
        return sum;
    }
}
