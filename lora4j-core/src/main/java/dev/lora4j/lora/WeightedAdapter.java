package dev.lora4j.lora;

/**
 * An adapter that takes part in a combination.
 *
 * @param name for messages
 * @param weight any finite number; negative to subtract what the adapter has learned
 */
public record WeightedAdapter(String name, Adapter adapter, double weight) {
    /** Checks the weight. */
    public WeightedAdapter {
        if (!Double.isFinite(weight)) {
            throw new AdapterException("the weight of " + name + " is " + weight + "; expected a finite number");
        }
    }
}
