package dev.lora4j.server;

import java.time.Duration;

/**
 * What became of adapters since the start.
 *
 * @param hits requests that found their adapter in memory
 * @param misses requests that had to read it
 * @param evictions adapters that left memory for others
 * @param reads folders that were read, by requests or beforehand
 * @param reading time that took
 */
record ShelfFigures(long hits, long misses, long evictions, long reads, Duration reading) {
    static final ShelfFigures NONE = new ShelfFigures(0, 0, 0, 0, Duration.ZERO);

    ShelfFigures hit() {
        return new ShelfFigures(hits + 1, misses, evictions, reads, reading);
    }

    ShelfFigures miss() {
        return new ShelfFigures(hits, misses + 1, evictions, reads, reading);
    }

    ShelfFigures evicted() {
        return new ShelfFigures(hits, misses, evictions + 1, reads, reading);
    }

    ShelfFigures read(Duration took) {
        return new ShelfFigures(hits, misses, evictions, reads + 1, reading.plus(took));
    }
}
