package dev.lora4j.plan;

import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.WeightFormat;

/**
 * The run that is asked about.
 *
 * @param lora rank, targets and so on; for {@link PlanMethod#ADAPTER} its rank is the width of the bottlenecks
 * @param outputs of a head for sequences that is trained too; 0 for none
 * @param prefixTokens of {@link PlanMethod#PREFIX}: l_p + l_i
 * @param batch how many tokens go through the model
 * @param weights how the base is kept
 * @param valueBytes of a stored value, in adapter files and in full copies
 * @param models fine-tuned models that are to be stored
 */
public record PlanSettings(
        PlanMethod method,
        LoraConfig lora,
        int outputs,
        int prefixTokens,
        Batch batch,
        PlanOptimizer optimizer,
        WeightFormat weights,
        int valueBytes,
        int models) {
    /**
     * Rows of one length in a batch.
     *
     * @param microBatchTokens most tokens that go through the model at once
     * @param recompute whether blocks keep only their input
     */
    public record Batch(int rows, int length, int microBatchTokens, boolean recompute) {
        /** Checks the sizes. */
        public Batch {
            if (rows < 1 || length < 2 || microBatchTokens < 1) {
                throw new IllegalArgumentException("a batch has " + rows + " rows of " + length + " tokens, at most "
                        + microBatchTokens + " at once; expected 1 row, 2 tokens and 1 token or more");
            }
        }

        /** Rows that go through the model at once. */
        public int rowsAtOnce() {
            return Math.min(rows, Math.max(1, microBatchTokens / length));
        }

        /** Tokens that go through the model at once. */
        public long tokensAtOnce() {
            return (long) rowsAtOnce() * length;
        }
    }

    /** Checks the counts. */
    public PlanSettings {
        if (outputs < 0 || prefixTokens < 1 || models < 1 || valueBytes < 1) {
            throw new IllegalArgumentException("the plan is for " + outputs + " outputs, " + prefixTokens
                    + " prefix tokens, " + models + " models and " + valueBytes
                    + " bytes a value; expected 0 outputs and 1 of all others, or more");
        }
    }
}
