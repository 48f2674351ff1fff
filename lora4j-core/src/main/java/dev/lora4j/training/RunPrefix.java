package dev.lora4j.training;

/**
 * What one run keeps of the frozen blocks' work. Confined to the training thread.
 *
 * @param states where both caches keep it; closed with this
 */
record RunPrefix(PrefixCache training, PrefixCache validation, PrefixStates states) implements AutoCloseable {
    @Override
    public void close() {
        states.close();
    }
}
