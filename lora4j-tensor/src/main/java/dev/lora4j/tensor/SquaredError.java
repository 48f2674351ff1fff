package dev.lora4j.tensor;

/**
 * Squared error for regression ({@code torch.nn.MSELoss}).
 *
 * <pre>loss[i] = (x[i] − target[i])²,  dx[i] = 2 · weight[i] · (x[i] − target[i])</pre>
 */
public final class SquaredError {
    private SquaredError() {}

    /**
     * Computes the loss of every row and seeds the gradient of the weighted sum.
     *
     * @param x [rows, 1]
     * @param targets [rows, 1]
     * @param weights [rows, 1]
     * @return loss of every row, [rows, 1]
     */
    public static Tensor apply(Tape tape, Tensor x, Tensor targets, Tensor weights) {
        try (Scope scope = Scope.open()) {
            Tensor difference = x.minus(targets);
            Tensor losses = difference.square();
            if (tape.tracks(x)) {
                tape.seed(x, difference.timesInPlace(weights).timesInPlace(2));
            }
            return scope.give(losses);
        }
    }
}
