package dev.lora4j.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which modules are meant, against what PEFT itself adapted (golden/matching.json). */
class TargetSelectionTest {
    private static final List<String> LINEAR = List.of("Linear", "Conv1D");

    private static JsonNode golden() {
        try (InputStream file =
                Objects.requireNonNull(TargetSelectionTest.class.getResourceAsStream("/golden/matching.json"))) {
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<JsonNode> cases() {
        List<JsonNode> cases = new ArrayList<>();
        golden().path("cases").forEach(cases::add);
        assertThat(cases).hasSizeGreaterThan(60);
        return cases;
    }

    /** What PEFT accepts and we refuse on purpose, each with a part of the reason. */
    private static final Map<String, String> STRICTER = Map.of(
            "{\"target_modules\":[\"q_proj\",\"no_such_module\"]}", "\"no_such_module\" matches no linear layer",
            "{\"rank_pattern\":{\"q_proj\":2,\"layers.0.self_attn.q_proj\":16},\"target_modules\":[\"q_proj\",\"v_proj\"]}",
                    "all match model.layers.0.self_attn.q_proj",
            "{\"rank_pattern\":{\"layers.0.self_attn.q_proj\":16,\"q_proj\":2},\"target_modules\":[\"q_proj\",\"v_proj\"]}",
                    "all match model.layers.0.self_attn.q_proj",
            "{\"rank_pattern\":{\"layers\\\\.\\\\d\\\\.self_attn\\\\.v_proj\":5,\"proj\":7},\"target_modules\":[\"q_proj\",\"v_proj\"]}",
                    "key \"proj\" matches none");

    @ParameterizedTest
    @MethodSource("cases")
    void selectsWhatPeftAdapts(JsonNode each) throws IOException {
        LoraConfig config = config(each);
        ModulePaths paths =
                paths(golden().path("modules").path(each.path("model").asText()));
        String key = sorted(each.path("settings"));
        if (STRICTER.containsKey(key)) {
            assertThatThrownBy(() -> TargetSelection.of(config, paths, Targets.named("q_proj")))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining(Objects.requireNonNull(STRICTER.get(key)));
        } else if (each.has("error")
                && !each.path("error")
                        .asText()
                        .equals("cannot be used when")) { // all-linear of some layers: allowed here
            assertThatThrownBy(() -> TargetSelection.of(config, paths, Targets.named("q_proj")))
                    .isInstanceOf(AdapterException.class);
        } else if (!each.has("error")) {
            TargetSelection selection = TargetSelection.of(config, paths, Targets.named("q_proj"));
            Map<String, JsonNode> expected = new LinkedHashMap<>();
            each.path("adapted").properties().forEach(module -> expected.put(module.getKey(), module.getValue()));
            assertThat(selection.adapted()).containsExactlyInAnyOrderElementsOf(expected.keySet());
            expected.forEach((path, module) -> {
                assertThat(config.rankAt(path))
                        .as(path)
                        .isEqualTo(module.path("r").asInt());
                assertThat(config.scalingAt(path))
                        .as(path)
                        .isCloseTo(module.path("scaling").asDouble(), within(1e-12));
            });
        }
    }

    private static ModulePaths paths(JsonNode modules) {
        Map<String, String> kinds = new LinkedHashMap<>();
        modules.properties()
                .forEach(module -> kinds.put(module.getKey(), module.getValue().asText()));
        return new ModulePaths(
                List.copyOf(kinds.keySet()),
                paths(kinds, path -> LINEAR.contains(kinds.get(path))),
                paths(kinds, path -> "Embedding".equals(kinds.get(path))),
                Set.of());
    }

    private static Set<String> paths(Map<String, String> kinds, Predicate<String> chosen) {
        return kinds.keySet().stream().filter(chosen).collect(Collectors.toSet());
    }

    private static String sorted(JsonNode settings) throws IOException {
        ObjectMapper json = new ObjectMapper();
        Map<String, Object> sorted = new java.util.TreeMap<>();
        settings.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return json.writeValueAsString(sorted);
    }

    private static LoraConfig config(JsonNode each) {
        JsonNode settings = each.path("settings");
        LoraConfig config = LoraConfig.rank(4)
                .alpha(8)
                .targets(targets(settings.path("target_modules")))
                .layers(new LayerFilter(
                        integers(settings.path("layers_to_transform")), texts(settings.path("layers_pattern"))))
                .rankStabilized(settings.path("use_rslora").asBoolean(false));
        if (settings.has("exclude_modules")) {
            config = config.excluding(targets(settings.path("exclude_modules")));
        }
        List<String> saved = texts(settings.path("modules_to_save"));
        if (each.path("task_type").asText().equals("SEQ_CLS")) {
            saved.addAll(TargetSelection.AUTOMATIC_HEADS);
        }
        Map<String, Integer> ranks = new LinkedHashMap<>();
        settings.path("rank_pattern")
                .properties()
                .forEach(entry -> ranks.put(entry.getKey(), entry.getValue().asInt()));
        Map<String, Double> alphas = new LinkedHashMap<>();
        settings.path("alpha_pattern")
                .properties()
                .forEach(entry -> alphas.put(entry.getKey(), entry.getValue().asDouble()));
        return config.modulesToSave(saved).rankPattern(ranks).alphaPattern(alphas);
    }

    private static Targets targets(JsonNode node) {
        return node.isTextual() ? Targets.expression(node.asText()) : new Targets.Suffixes(texts(node));
    }

    private static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        if (node.isTextual()) {
            texts.add(node.asText());
        }
        node.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private static List<Integer> integers(JsonNode node) {
        List<Integer> integers = new ArrayList<>();
        if (node.isInt()) {
            integers.add(node.asInt());
        }
        node.forEach(element -> integers.add(element.asInt()));
        return integers;
    }

    @Test
    void aTypoIsAnErrorWithTheNearestNames() {
        List<String> all = List.of("model.layers.0.self_attn.q_proj", "model.layers.0.mlp.gate_proj", "lm_head");
        ModulePaths paths = new ModulePaths(all, Set.copyOf(all), Set.of(), Set.of());
        assertThatThrownBy(
                        () -> TargetSelection.of(LoraConfig.rank(4).targets("q_porj"), paths, Targets.named("q_proj")))
                .hasMessage(
                        "target \"q_porj\" matches no linear layer, embedding or convolution of the model; did you mean q_proj,"
                                + " gate_proj, lm_head?");
    }
}
