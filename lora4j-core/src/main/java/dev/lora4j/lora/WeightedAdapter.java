package dev.lora4j.lora;

import java.util.List;

/**
 * An adapter that takes part in a sum of adapters.
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

    /** The adapter as it is. */
    public static WeightedAdapter of(Adapter adapter) {
        return new WeightedAdapter("the adapter", adapter, 1);
    }

    /**
     * Refuses adapters that have no sum; one by itself with weight 1 always has.
     *
     * @throws AdapterException naming the adapter and the module
     */
    public static void requireSum(List<WeightedAdapter> adapters) {
        if (adapters.size() > 1 || adapters.stream().anyMatch(each -> each.weight() != 1)) {
            CombinationCheck.requireCombinable(adapters);
        }
    }
}
