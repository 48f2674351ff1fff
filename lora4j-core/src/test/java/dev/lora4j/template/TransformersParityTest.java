package dev.lora4j.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lora4j.template.ChatTemplate.Rendering;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against what transformers rendered, see parity/make_template_golden.py. */
class TransformersParityTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-07T09:05:03.001234Z"), ZoneOffset.UTC);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static JsonNode golden = JSON.nullNode();

    @BeforeAll
    static void load() throws IOException {
        golden = read();
    }

    private static JsonNode read() throws IOException {
        try (InputStream in = TransformersParityTest.class.getResourceAsStream("golden.json")) {
            return JSON.readTree(Objects.requireNonNull(in));
        }
    }

    static List<String> templates() throws IOException {
        List<String> names = new java.util.ArrayList<>();
        read().get("templates").fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void coversTwentyTemplatesAndThirtyConversations() {
        assertThat(golden.get("templates")).hasSize(20);
        assertThat(golden.get("conversations")).hasSize(30);
        int renderings = 0;
        for (JsonNode expected : golden.get("cases")) {
            renderings += expected.get("settings").size();
        }
        assertThat(renderings).isEqualTo(20 * 30 * 3);
    }

    @ParameterizedTest
    @MethodSource("templates")
    void rendersByteForByteWhatTransformersRenders(String name) {
        ChatTemplate template =
                ChatTemplate.parse(golden.get("templates").get(name).asText(), CLOCK);
        for (JsonNode expected : golden.get("cases")) {
            if (expected.get("template").asText().equals(name)) {
                for (JsonNode setting : expected.get("settings")) {
                    check(template, expected, variables(expected, setting.asInt()));
                }
            }
        }
    }

    @Test
    void agreesWithPythonOnEverySnippet() {
        Map<String, Object> variables = map(golden.get("variables"));
        int rendered = 0;
        for (JsonNode expected : golden.get("snippets")) {
            String source = expected.get("source").asText();
            if (expected.has("error")) {
                assertThatThrownBy(() -> ChatTemplate.parse(source, CLOCK).render(variables))
                        .as(source + ", where Python says "
                                + expected.get("error").asText())
                        .isInstanceOf(TemplateException.class);
            } else {
                Rendering rendering = ChatTemplate.parse(source, CLOCK).render(variables);
                assertThat(rendering.text())
                        .as(source)
                        .isEqualTo(expected.get("text").asText());
                assertThat(spans(rendering))
                        .as(source)
                        .isEqualTo(JSON.convertValue(expected.get("generated"), List.class));
                rendered++;
            }
        }
        assertThat(rendered).isGreaterThan(250);
    }

    private static Map<String, Object> variables(JsonNode expected, int setting) {
        Map<String, Object> variables = new LinkedHashMap<>(map(golden.get("tokens")));
        variables.putAll(map(golden.get("settings").get(setting)));
        JsonNode messages =
                golden.get("conversations").get(expected.get("conversation").asText());
        variables.put("messages", JSON.convertValue(messages, List.class));
        return variables;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(JsonNode node) {
        return JSON.convertValue(node, Map.class);
    }

    private static void check(ChatTemplate template, JsonNode expected, Map<String, Object> variables) {
        String where = expected.get("template").asText() + ", "
                + expected.get("conversation").asText();
        if (expected.has("error")) {
            assertThatThrownBy(() -> template.render(variables))
                    .as(where + ", where Python says " + expected.get("error").asText())
                    .isInstanceOf(TemplateException.class);
            return;
        }
        Rendering rendering = template.render(variables);
        assertThat(rendering.text()).as(where).isEqualTo(expected.get("text").asText());
        assertThat(spans(rendering)).as(where).isEqualTo(JSON.convertValue(expected.get("generated"), List.class));
    }

    /** Spans in code points, as Python counts. */
    private static List<List<Integer>> spans(Rendering rendering) {
        String text = rendering.text();
        return rendering.generated().stream()
                .map(span -> List.of(text.codePointCount(0, span.start()), text.codePointCount(0, span.end())))
                .toList();
    }
}
