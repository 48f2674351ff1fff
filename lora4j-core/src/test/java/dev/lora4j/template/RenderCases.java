package dev.lora4j.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Renders a file of templates and variables for parity/compare_templates.py. */
final class RenderCases {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-07T09:05:03.001234Z"), ZoneOffset.UTC);

    private RenderCases() {}

    /** Reads an array of {@code {template, variables}} and writes one of {@code {text, spans}} or {@code {error}}. */
    public static void main(String[] arguments) throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<Object> results = new ArrayList<>();
        for (JsonNode each : json.readTree(Path.of(arguments[0]).toFile())) {
            results.add(render(each.get("template").asText(), variables(json, each.get("variables"))));
        }
        Files.write(Path.of(arguments[1]), json.writeValueAsBytes(results));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> variables(ObjectMapper json, JsonNode node) {
        return json.convertValue(node, Map.class);
    }

    private static Map<String, Object> render(String template, Map<String, Object> variables) {
        try {
            ChatTemplate.Rendering rendering =
                    ChatTemplate.parse(template, CLOCK).render(variables);
            String text = rendering.text();
            List<List<Integer>> spans = rendering.generated().stream()
                    .map(span -> List.of(text.codePointCount(0, span.start()), text.codePointCount(0, span.end())))
                    .toList();
            return Map.of("text", text, "spans", spans);
        } catch (TemplateException e) {
            return Map.of("error", e.getMessage());
        }
    }
}
