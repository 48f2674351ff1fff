package dev.lora4j.evaluation;

import dev.lora4j.data.Example;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.VirtualTokens;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.TokenBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Examples in flat batches of a limited number of tokens, in their order. */
final class ExampleBatches {
    private ExampleBatches() {}

    /** Cuts a list of examples for a model with an adapter; one that is longer than the limit is a batch of its own. */
    static List<List<Example>> of(LanguageModel model, Optional<Adapter> adapter, List<Example> examples, int tokens) {
        VirtualTokens virtual = adapter.map(Adapter::virtualTokens).orElse(VirtualTokens.NONE);
        return of(
                model,
                examples.stream()
                        .map(example -> example.with(virtual.at(), virtual.ids()))
                        .toList(),
                tokens);
    }

    private static List<List<Example>> of(LanguageModel model, List<Example> examples, int tokens) {
        if (tokens < 1) {
            throw new Lora4jException("tokens-per-batch is " + tokens + ", expected 1 or more");
        }
        List<List<Example>> batches = new ArrayList<>();
        List<Example> batch = new ArrayList<>();
        int filled = 0;
        for (Example example : examples) {
            requireRoom(model, example);
            if (!batch.isEmpty() && filled + example.length() > tokens) {
                batches.add(batch);
                batch = new ArrayList<>();
                filled = 0;
            }
            batch.add(example);
            filled += example.length();
        }
        if (!batch.isEmpty()) {
            batches.add(batch);
        }
        return batches;
    }

    private static void requireRoom(LanguageModel model, Example example) {
        if (example.length() > model.maxPositions()) {
            throw new Lora4jException(example.origin() + ": has " + example.length() + " tokens, the model takes "
                    + model.maxPositions() + "; shorten it, or lower max-length");
        }
    }

    static TokenBatch tokens(List<Example> batch) {
        return TokenBatch.of(
                batch.stream().map(Example::tokens).toList(),
                batch.stream().map(ExampleBatches::types).toList());
    }

    private static int[] types(Example example) {
        int[] types = new int[example.length()];
        for (int i = 0; i < types.length; i++) {
            types[i] = example.type(i);
        }
        return types;
    }
}
