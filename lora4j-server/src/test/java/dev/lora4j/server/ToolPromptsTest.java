package dev.lora4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.data.Message;
import dev.lora4j.template.ChatTemplate;
import dev.lora4j.template.TemplateException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a chat template gets of a request with tools, against transformers; see parity/make_tool_golden.py. */
class ToolPromptsTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-07T09:05:03Z"), ZoneOffset.UTC);

    @Test
    void requestsWithToolsAreRenderedAsTransformersRendersThem() throws IOException {
        JsonNode golden;
        try (InputStream in = ToolPromptsTest.class.getResourceAsStream("/golden/tool-prompts.json")) {
            golden = TestServer.JSON.readTree(Objects.requireNonNull(in));
        }
        int texts = 0;
        for (JsonNode each : golden.path("cases")) {
            ChatTemplate template = ChatTemplate.parse(
                    golden.path("templates")
                            .path(each.path("template").asText())
                            .asText(),
                    CLOCK);
            Map<String, Object> variables =
                    variables(golden.path("requests").path(each.path("request").asText()), golden.path("tokens"));
            if (each.has("text")) {
                texts++;
                assertThat(template.render(variables).text())
                        .as("%s, %s", each.path("template"), each.path("request"))
                        .isEqualTo(each.path("text").asText());
            } else {
                assertThatThrownBy(() -> template.render(variables)).isInstanceOf(TemplateException.class);
            }
        }
        assertThat(texts).isGreaterThan(15);
    }

    private static Map<String, Object> variables(JsonNode request, JsonNode tokens) {
        List<Tool> tools = new ArrayList<>();
        request.path("tools").forEach(tool -> tools.add(Tool.read("tools[" + tools.size() + "]", tool)));
        List<Map<String, @Nullable Object>> messages = ChatMessages.read(request.path("messages")).messages().stream()
                .map(Message::fields)
                .toList();
        Map<String, Object> variables = new HashMap<>();
        variables.put("messages", messages);
        variables.put(
                "tools",
                tools.stream().map(tool -> PlainValues.map(tool.definition())).toList());
        variables.put("add_generation_prompt", true);
        tokens.properties()
                .forEach(token -> variables.put(token.getKey(), token.getValue().asText()));
        return variables;
    }
}
