package dev.lora4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.data.Dataset;
import dev.lora4j.evaluation.LanguageModelScore;
import dev.lora4j.generation.Generation;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Generator;
import dev.lora4j.generation.Prompt;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.MergedModel;
import dev.lora4j.model.LanguageModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Greedy generation of {@code new_tokens} for all prompts at once, with the base, its adapters, or one merged in.
 *
 * <p>With several adapters prompt i has adapter i. {@code held} are rows whose loss is told, with the first adapter. With
 * {@code merged} that one is merged into the base, and its loss must be that of the base with the adapter.
 */
final class GenerationWorkload implements Workload {
    private final Base base;
    private final LanguageModel model;
    private final boolean merged;
    private final List<Prompt> prompts = new ArrayList<>();
    private final JsonNode request;

    GenerationWorkload(JsonNode request) {
        this.request = request;
        base = Base.load(request);
        merged = request.path("merged").asBoolean();
        model = merged ? MergedModel.of(base.model(), base.adapters().get(0)) : base.model();
        for (int[] tokens : TokenRows.prompts(Path.of(request.path("prompts").asText()))) {
            Prompt prompt = Prompt.of(tokens);
            boolean plain = merged || base.adapters().isEmpty();
            prompts.add(plain ? prompt : prompt.with(base.adapters().get(prompts.size())));
        }
    }

    @Override
    public ObjectNode prepare() {
        ObjectNode answer = Workload.answer();
        ArrayNode losses = answer.putArray("losses");
        if (request.has("held")) {
            Dataset held = TokenRows.dataset(Path.of(request.path("held").asText()));
            Optional<Adapter> first = base.adapters().stream().findFirst();
            losses.add(LanguageModelScore.of(model, merged ? Optional.empty() : first, held)
                    .loss());
            if (merged) {
                answer.putArray("expected")
                        .add(LanguageModelScore.of(base.model(), first, held).loss());
            }
        }
        ArrayNode all = answer.putArray("tokens");
        for (Generation generation : generate()) {
            ArrayNode tokens = all.addArray();
            for (int token : generation.tokens()) {
                tokens.add(token);
            }
        }
        return answer;
    }

    @Override
    public ObjectNode round(JsonNode unused) {
        long begin = System.nanoTime();
        long tokens = 0;
        for (int i = 0; i < request.path("times").asInt(1); i++) {
            tokens += generate().stream()
                    .mapToLong(generation -> generation.tokens().length)
                    .sum();
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        ObjectNode answer = Workload.answer().put("seconds", seconds).put("tokens", tokens);
        answer.putArray("losses");
        return answer;
    }

    private List<Generation> generate() {
        GenerationSettings settings =
                GenerationSettings.greedy(request.path("new_tokens").asInt());
        return Generator.of(model).generate(prompts, settings);
    }

    @Override
    public void close() {
        if (merged) {
            model.close();
        }
        base.close();
    }
}
