package dev.lora4j.server;

import dev.lora4j.generation.GenerationBatch;

/**
 * Pages of keys and values, of 16 tokens each.
 *
 * @param inUse that running sequences hold
 * @param kept that are known by their tokens, in use or not
 * @param evicted that were given up for others since the start
 */
record CacheFigures(int inUse, int kept, long evicted) {
    static final CacheFigures NONE = new CacheFigures(0, 0, 0);

    /**
     * Of a batch now.
     *
     * @param evictedBefore by the batches before it
     */
    static CacheFigures of(GenerationBatch batch, long evictedBefore) {
        return new CacheFigures(
                batch.pagesInUse(),
                batch.prefixes().map(kept -> kept.pages()).orElse(0),
                evictedBefore + batch.prefixes().map(kept -> kept.evicted()).orElse(0L));
    }
}
