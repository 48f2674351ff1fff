package dev.lora4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MessagesTest {
    @TempDir
    Path folder;

    @Test
    void learnsWhatTheAssistantSaysUnlessItsWeightIsZero() {
        Row.Conversation row = conversation("""
                {"messages": [{"role": "system", "content": ""}, {"role": "user", "content": "a"},
                {"role": "assistant", "content": "b", "weight": 0}, {"role": "user", "content": "c"},
                {"role": "assistant", "content": "d", "weight": 1}, {"role": "assistant", "content": "e"}]}
                """);
        assertThat(row.messages()).extracting(Message::learned).containsExactly(false, false, false, false, true, true);
        assertThat(row.messages().get(2).fields()).isEqualTo(Map.of("role", "assistant", "content", "b"));
    }

    @Test
    void takesMessagesAsPromptAndCompletion() {
        Row.Conversation row = conversation("""
                {"prompt": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user",
                "content": "c"}], "completion": [{"role": "assistant", "content": "d"}]}
                """);
        assertThat(row.messages()).extracting(Message::learned).containsExactly(false, false, false, true);
    }

    @Test
    void keepsToolsAndCallsAsTheTemplateTakesThem() {
        Row.Conversation row = conversation("""
                {"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
                {"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1}}}]}],
                "tools": [{"type": "function", "function": {"name": "f", "strict": true}}]}
                """);
        assertThat(row.messages().get(0).fields()).containsEntry("content", "ab");
        assertThat(row.messages().get(1).fields())
                .containsEntry("content", null)
                .containsEntry(
                        "tool_calls", List.of(Map.of("function", Map.of("name", "f", "arguments", Map.of("x", 1)))));
        assertThat(row.tools())
                .containsExactly(Map.of("type", "function", "function", Map.of("name", "f", "strict", true)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "{'messages': 'a'}         # 'messages' is text, expected a list of messages",
                "{'messages': []}          # 'messages' is an empty list, expected messages",
                "{'messages': ['a']}       # 'messages[0]' is text, expected an object",
                "{'messages': [{'content': 'a'}]} # 'messages[0].role' is missing, expected one of [assistant, developer",
                "{'messages': [{'role': 'asistant', 'content': 'a'}]} # 'messages[0].role' is 'asistant', expected one of",
                "{'messages': [{'role': 'user'}]} # 'messages[0].content' is missing, expected text",
                "{'messages': [{'role': 'assistant', 'content': null}]} # 'messages[0].content' is nothing, expected text",
                "{'messages': [{'role': 'assistant', 'content': ''}]} # 'messages[0].content' is empty, expected text",
                "{'messages': [{'role': 'user', 'content': [{'type': 'image_url'}]}]} # 'messages[0].content' holds a part of",
                "{'messages': [{'role': 'assistant', 'content': 'a', 'weight': 0.5}]} # 'messages[0].weight' is 0.5, expected",
                "{'messages': [{'role': 'assistant', 'content': 'a', 'weight': '1'}]} # 'messages[0].weight' is '1', expected",
                "{'messages': [{'role': 'user', 'content': 'a\\ud800'}]} # 'content' holds half a surrogate pair",
                "{'prompt': 'a', 'completion': [{'role': 'assistant', 'content': 'a'}]} # 'prompt' is text, expected a list",
            })
    void namesTheMessageThatIsWrong(String line, String problem) {
        assertThatThrownBy(() -> conversation(line.replace('\'', '"')))
                .isInstanceOf(BadRowException.class)
                .hasMessageStartingWith("data.jsonl:1: " + problem.replace('\'', '"'));
    }

    private Row.Conversation conversation(String row) {
        Path file = DataFiles.write(folder, "data.jsonl", row.replace("\n", "") + "\n");
        return (Row.Conversation) DataFiles.rows(file).get(0);
    }
}
