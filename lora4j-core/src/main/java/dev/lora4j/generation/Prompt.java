package dev.lora4j.generation;

import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.VirtualTokens;
import dev.lora4j.lora.WeightedAdapter;
import dev.lora4j.model.KvOwner;
import java.util.List;
import java.util.Optional;

/**
 * Tokens to continue, and the adapters to do it with.
 *
 * @param tokens at least one
 * @param adapters for this sequence alone, whose changes of each weight are added up; none for the base model
 * @param owner with whose sequences it may share what was read before; empty to share nothing
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out; never compared
public record Prompt(int[] tokens, List<WeightedAdapter> adapters, Optional<KvOwner> owner) {
    /** Copies the tokens and the adapters. */
    public Prompt {
        tokens = tokens.clone();
        adapters = List.copyOf(adapters);
        WeightedAdapter.requireSum(adapters);
        if (tokens.length == 0) {
            throw new GenerationException("the prompt has no tokens; expected at least one, such as the model's bos");
        }
    }

    /** One that shares nothing. */
    public Prompt(int[] tokens, Optional<Adapter> adapter) {
        this(tokens, adapter.stream().map(WeightedAdapter::of).toList(), Optional.empty());
    }

    /** A prompt for the base model. */
    public static Prompt of(int... tokens) {
        return new Prompt(tokens, Optional.empty());
    }

    /** The same tokens with an adapter, sharing nothing. */
    public Prompt with(Adapter own) {
        return new Prompt(tokens, Optional.of(own));
    }

    /** The same tokens with several adapters added up, sharing nothing. */
    public Prompt withSum(List<WeightedAdapter> sum) {
        return new Prompt(tokens, sum, Optional.empty());
    }

    /** The same, sharing what was read before with sequences of an owner, who is to name these adapters' content. */
    public Prompt sharedBy(KvOwner whom) {
        return new Prompt(tokens, adapters, Optional.of(whom));
    }

    @Override
    public int[] tokens() {
        return tokens.clone();
    }

    /** Number of tokens. */
    public int length() {
        return tokens.length;
    }

    /** Positions that it takes: its tokens, and the virtual ones of its adapter. */
    public int positions() {
        return withVirtualTokens().length();
    }

    /** The same with its adapter's virtual tokens among the text's. */
    Prompt withVirtualTokens() {
        for (WeightedAdapter each : adapters) {
            VirtualTokens virtual = each.adapter().virtualTokens();
            if (virtual.count() > 0) { // an adapter that has some is alone
                return new Prompt(virtual.into(tokens), adapters, owner);
            }
        }
        return this;
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
