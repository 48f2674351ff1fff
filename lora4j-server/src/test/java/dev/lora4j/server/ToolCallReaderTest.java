package dev.lora4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.server.ToolCallReader.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls in what models say, worked by hand; however the text is cut into pieces. */
class ToolCallReaderTest {
    /** Text as it is, calls as {@code name(arguments)}; one after the other, with | between. */
    private static String read(ToolFormat format, boolean parallel, List<String> pieces) {
        ToolCallReader reader = new ToolCallReader(format, Set.of("f", "g"), parallel);
        List<Piece> found = new ArrayList<>();
        pieces.forEach(piece -> found.addAll(reader.next(piece)));
        found.addAll(reader.finish());
        StringBuilder shown = new StringBuilder();
        boolean text = false;
        for (Piece piece : found) {
            if (piece instanceof Piece.Text more) {
                shown.append(text || shown.isEmpty() ? "" : "|").append(more.text());
            } else if (piece instanceof Piece.Begin begin) {
                shown.append(shown.isEmpty() ? "" : "|").append(begin.name()).append(':');
            } else if (piece instanceof Piece.Arguments more) {
                shown.append(more.text());
            }
            text = piece instanceof Piece.Text;
        }
        return shown.toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\'',
            value = {
                "HERMES; 'hello'; 'hello'",
                "HERMES; '<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": \"}<\\\"\"}}\n</tool_call>'; 'f:{\"a\": \"}<\\\"\"}'",
                "HERMES; 'Let me see.\n<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>\n<tool_call>\n{\"name\": \"g\", \"arguments\": {\"b\": [1, {}]}}\n</tool_call>\n'; 'Let me see.|f:{}|g:{\"b\": [1, {}]}'",
                "HERMES; '<tool_call>\n{\"arguments\": {\"a\": 1}, \"name\": \"f\"}\n</tool_call>'; 'f:{\"a\":1}'",
                "HERMES; '<tool_call>\n{\"name\": \"f\", \"arguments\": \"{\\\"a\\\": 1}\"}\n</tool_call>'; 'f:{\"a\": 1}'",
                "HERMES; '<tool_call>\n{\"name\": \"h\", \"arguments\": {}}\n</tool_call>'; '<tool_call>\n{\"name\": \"h\", \"arguments\": {}}\n</tool_call>'",
                "HERMES; 'a < b <tool_cal'; 'a < b <tool_cal'",
                "HERMES; '<tool_call>\nno json\n</tool_call>'; '<tool_call>\nno json\n</tool_call>'",
                "HERMES; '<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": 1}\n</tool_call>'; 'f:{\"a\": 1}'",
                "HERMES; '<tool_call>\n{\"name\": \"f\", \"argu'; '<tool_call>\n{\"name\": \"f\", \"argu'",
                "HERMES; '<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": '; 'f:{\"a\": '",
                "HERMES; '  spaces  stay  '; '  spaces  stay  '",
                "MISTRAL; '[TOOL_CALLS] [{\"name\": \"f\", \"arguments\": {\"a\": []}}, {\"name\": \"g\", \"arguments\": {}}]'; 'f:{\"a\": []}|g:{}'",
                "MISTRAL; '[TOOL_CALLS][{\"name\": \"f\", \"arguments\": {}}]'; 'f:{}'",
                "MISTRAL; 'plain [1, 2]'; 'plain [1, 2]'",
                "LLAMA; '{\"name\": \"f\", \"parameters\": {\"a\": 1}}'; 'f:{\"a\": 1}'",
                "LLAMA; '<|python_tag|>{\"name\": \"f\", \"parameters\": {}}; {\"name\": \"g\", \"parameters\": {}}'; 'f:{}|g:{}'",
                "LLAMA; '{\"answer\": 1}'; '{\"answer\": 1}'",
                "LLAMA; 'It is {\"name\": \"f\", \"parameters\": {}}'; 'It is {\"name\": \"f\", \"parameters\": {}}'",
                "LLAMA; ' \n'; ' \n'",
            })
    void callsAreFoundAndTheRestIsText(ToolFormat format, String said, String expected) {
        assertThat(read(format, true, List.of(said))).isEqualTo(expected);
        Random random = new Random(5);
        for (int i = 0; i < 20; i++) {
            List<String> pieces = new ArrayList<>();
            for (int at = 0; at < said.length(); ) {
                int end = Math.min(said.length(), at + 1 + random.nextInt(6));
                pieces.add(said.substring(at, end));
                at = end;
            }
            assertThat(read(format, true, pieces)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"HERMES", "MISTRAL"})
    void onlyTheFirstCallCountsWhereThereMayBeOne(ToolFormat format) {
        String said = format == ToolFormat.HERMES
                ? "<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call><tool_call>{\"name\":\"g\",\"arguments\":{}}</tool_call>"
                : "[TOOL_CALLS] [{\"name\":\"f\",\"arguments\":{}}, {\"name\":\"g\",\"arguments\":{}}]";
        assertThat(read(format, false, List.of(said))).isEqualTo("f:{}");
    }
}
