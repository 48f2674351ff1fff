package dev.lora4j.server;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Prompt;
import dev.lora4j.model.LanguageModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * From a request that was understood to its sequences in the engine. Immutable; borrows all it is made of.
 *
 * @param fingerprint of the base, which answers carry
 */
record Inference(
        LanguageModel model,
        Tokenizer tokenizer,
        ServedModels models,
        Engine engine,
        Limits limits,
        String fingerprint) {

    /**
     * A prompt and how many tokens may follow it.
     *
     * @param maxNewTokens 0 if it is only to be scored
     */
    @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
    record Ask(int[] tokens, int maxNewTokens) {}

    /** Most tokens of a sequence, prompt and new ones. */
    static int room(LanguageModel model, Limits limits) {
        return Math.min(model.maxPositions(), Math.min(limits.contextTokens(), limits.cacheTokens()));
    }

    /**
     * Checks a prompt and finds how many tokens may follow.
     *
     * @param path of the prompt in the request
     * @param wanted if the client says
     * @param usual if it does not, or fewer if there is no room for as many
     */
    Ask ask(String path, int[] tokens, OptionalInt wanted, int usual) {
        if (tokens.length == 0) {
            throw ApiError.invalid(path, path + " has no tokens, expected one at least");
        }
        for (int id : tokens) {
            if (id >= model.vocabularySize()) {
                throw ApiError.invalid(
                        path,
                        path + " has token " + id + ", the model's vocabulary has " + model.vocabularySize()
                                + " tokens");
            }
        }
        int room = room(model, limits);
        int left = room - tokens.length;
        if (left < wanted.orElse(Math.min(1, usual))) {
            throw ApiError.contextLength(
                    path,
                    "This model's maximum context length is " + room + " tokens. However, you"
                            + " requested " + (tokens.length + (long) wanted.orElse(1)) + " tokens (" + tokens.length
                            + " in the "
                            + (path.equals("messages") ? "messages" : "prompt") + ", " + wanted.orElse(1)
                            + " in the completion). Please reduce the length of either.");
        }
        return new Ask(tokens, wanted.orElse(Math.min(usual, left)));
    }

    /**
     * Hands sequences to the engine: for each prompt as many as there are choices.
     *
     * @param origin who asks
     * @param lease taken; closed when the last sequence has left the engine, or if none is let in
     */
    Reply submit(
            WorkOrigin origin,
            ModelLease lease,
            List<Ask> asks,
            Sampling sampling,
            OptionalInt likeliest,
            boolean scorePrompts) {
        int sequences = asks.size() * sampling.choices();
        Held held = new Held(lease, origin.quota(), sequences);
        Reply reply = new Reply(sequences, limits.unread(), held::close);
        long now = System.nanoTime();
        List<Work> works = new ArrayList<>();
        try {
            checkVocabulary(sampling.settings());
            held.enter();
            for (Ask ask : asks) {
                Prompt prompt = new Prompt(ask.tokens(), lease.adapters(), Optional.of(lease.owner()));
                for (int choice = 0; choice < sampling.choices(); choice++) {
                    Optional<GenerationSettings> settings = ask.maxNewTokens() == 0
                            ? Optional.empty()
                            : Optional.of(sampling.settings(choice, ask.maxNewTokens()));
                    works.add(new Work(
                            works.size(),
                            lease.figureName(),
                            prompt,
                            settings,
                            likeliest,
                            scorePrompts,
                            reply,
                            now,
                            origin));
                }
            }
            engine.submit(works);
            origin.quota()
                    .spend(asks.stream().mapToLong(ask -> ask.tokens().length).sum());
            return reply;
        } catch (RuntimeException e) {
            held.close();
            throw e;
        }
    }

    private void checkVocabulary(GenerationSettings settings) {
        settings.shifts().bias().keySet().stream()
                .filter(id -> id >= model.vocabularySize())
                .findAny()
                .ifPresent(id -> {
                    throw ApiError.invalid(
                            "logit_bias",
                            "logit_bias names token " + id + ", the model's vocabulary has " + model.vocabularySize()
                                    + " tokens");
                });
    }

    /** What an answer says of the weights that it came from. */
    String fingerprint(ModelLease lease) {
        return lease.digest()
                .map(digest -> fingerprint + "-" + shortened(digest))
                .orElse(fingerprint);
    }

    static String shortened(String digest) {
        return digest.substring(0, Math.min(12, digest.length()));
    }
}
