package dev.lora4j.formats.hub;

/** Hears how far downloads are; called from other threads, but never from two at once. */
@FunctionalInterface
public interface DownloadProgress {
    /** Bytes of a file that are on the disk, of how many. */
    void advanced(String file, long bytes, long total);

    /** The hub cannot be reached, and what the cache has is used instead. */
    default void usesCache(String reason) {}

    /** Hears nothing. */
    static DownloadProgress none() {
        return (file, bytes, total) -> {};
    }
}
