package dev.lora4j.generation;

import dev.lora4j.lora.Adapter;
import dev.lora4j.model.KvOwner;
import java.util.Optional;

/**
 * Tokens to continue, and the adapter to do it with.
 *
 * @param tokens at least one
 * @param adapter for this sequence alone; empty for the base model
 * @param owner with whose sequences it may share what was read before; empty to share nothing
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out; never compared
public record Prompt(int[] tokens, Optional<Adapter> adapter, Optional<KvOwner> owner) {
    /** Copies the tokens. */
    public Prompt {
        tokens = tokens.clone();
        if (tokens.length == 0) {
            throw new GenerationException("the prompt has no tokens; expected at least one, such as the model's bos");
        }
    }

    /** One that shares nothing. */
    public Prompt(int[] tokens, Optional<Adapter> adapter) {
        this(tokens, adapter, Optional.empty());
    }

    /** A prompt for the base model. */
    public static Prompt of(int... tokens) {
        return new Prompt(tokens, Optional.empty());
    }

    /** The same tokens with an adapter, sharing nothing. */
    public Prompt with(Adapter own) {
        return new Prompt(tokens, Optional.of(own));
    }

    /** The same, sharing what was read before with sequences of an owner, who is to name this adapter's content. */
    public Prompt sharedBy(KvOwner whom) {
        return new Prompt(tokens, adapter, Optional.of(whom));
    }

    @Override
    public int[] tokens() {
        return tokens.clone();
    }

    /** Number of tokens. */
    public int length() {
        return tokens.length;
    }

    /** Refuses tokens that the model does not know. */
    void requireVocabulary(int vocabulary) {
        for (int id : tokens) {
            if (id < 0 || id >= vocabulary) {
                throw new GenerationException("the prompt has token " + id + ", the model's vocabulary has "
                        + vocabulary + "; is it the model's own tokenizer?");
            }
        }
    }
}
