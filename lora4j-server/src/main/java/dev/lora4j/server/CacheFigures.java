package dev.lora4j.server;

import dev.lora4j.generation.GenerationBatch;

/**
 * Pages of keys and values, of 16 tokens each, and steps through merged weights.
 *
 * @param inUse that running sequences hold
 * @param kept that are known by their tokens, in use or not
 * @param evicted that were given up for others since the start
 * @param mergedSteps steps through a merged model since the start
 */
record CacheFigures(int inUse, int kept, long evicted, long mergedSteps) {
    static final CacheFigures NONE = new CacheFigures(0, 0, 0, 0);

    /**
     * Of a batch now.
     *
     * @param before of the batches before it
     */
    static CacheFigures of(GenerationBatch batch, CacheFigures before) {
        return new CacheFigures(
                batch.pagesInUse(),
                batch.prefixes().map(kept -> kept.pages()).orElse(0),
                before.evicted() + batch.prefixes().map(kept -> kept.evicted()).orElse(0L),
                before.mergedSteps() + batch.mergedSteps());
    }
}
