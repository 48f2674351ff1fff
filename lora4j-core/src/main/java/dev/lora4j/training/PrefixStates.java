package dev.lora4j.training;

import dev.lora4j.tensor.Tensor;

/** Room for the hidden states of a number of tokens, float32, [tokens, hidden]. Confined to the training thread. */
sealed interface PrefixStates extends AutoCloseable permits PrefixStatesInFile, PrefixStatesInMemory {
    /** Writes the states of some tokens, [n, hidden], from a token on. */
    void write(long first, Tensor states);

    /** Reads the states from a token on into all of a tensor of the processor, [n, hidden]. */
    void read(long first, Tensor into);

    /** Gives the room back. */
    @Override
    void close();
}
