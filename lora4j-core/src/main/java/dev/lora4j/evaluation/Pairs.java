package dev.lora4j.evaluation;

/** What all comparisons of expected and predicted values ask for. */
final class Pairs {
    private Pairs() {}

    static void require(int expected, int predicted) {
        if (expected != predicted || expected == 0) {
            throw new IllegalArgumentException(expected + " expected and " + predicted
                    + " predicted values; there must be as many of both, and one at least");
        }
    }
}
