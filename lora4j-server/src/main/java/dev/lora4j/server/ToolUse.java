package dev.lora4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The functions of a chat, and whether the model must call one.
 *
 * @param tools those that the model is shown: none if it may not call any
 * @param must whether it has to call one
 * @param parallel whether it may call several
 */
record ToolUse(List<Tool> tools, boolean must, boolean parallel) {
    static ToolUse read(Fields fields) {
        List<Tool> tools = new ArrayList<>();
        Set<String> names = new HashSet<>();
        fields.value("tools").ifPresent(list -> {
            if (!list.isArray() || list.size() > Limits.TOOLS) {
                throw Fields.wrongType("tools", list, "an array of at most " + Limits.TOOLS + " tools");
            }
            for (JsonNode each : list) {
                Tool tool = Tool.read("tools[" + tools.size() + "]", each);
                if (!names.add(tool.name())) {
                    throw ApiError.invalid("tools", "tools names the function " + tool.name() + " twice");
                }
                tools.add(tool);
            }
        });
        boolean parallel = fields.value("parallel_tool_calls").isEmpty() || fields.flag("parallel_tool_calls");
        return fields.value("tool_choice")
                .map(choice -> chosen(tools, choice, parallel))
                .orElse(new ToolUse(tools, false, parallel));
    }

    private static ToolUse chosen(List<Tool> tools, JsonNode choice, boolean parallel) {
        if (choice.isObject()) {
            return named(tools, Fields.object("tool_choice", choice));
        }
        String word = Fields.text("tool_choice", choice);
        if (word.equals("none")) {
            return new ToolUse(List.of(), false, parallel);
        }
        if (!word.equals("auto") && !word.equals("required")) {
            throw ApiError.invalid("tool_choice", "tool_choice is not none, auto, required or a function");
        }
        if (tools.isEmpty() && word.equals("required")) {
            throw ApiError.invalid("tool_choice", "tool_choice is \"required\" but there are no tools");
        }
        return new ToolUse(tools, word.equals("required"), parallel);
    }

    private static ToolUse named(List<Tool> tools, Fields fields) {
        String type = fields.requiredText("type");
        if (!type.equals("function")) {
            throw ApiError.unsupported(
                    "tool_choice.type", "tool_choice.type is not supported by this server, expected function");
        }
        Fields function = fields.object("function").orElseThrow(() -> fields.missing("function"));
        String name = function.requiredText("name");
        function.end();
        fields.end();
        List<Tool> one = tools.stream().filter(tool -> tool.name().equals(name)).toList();
        if (one.isEmpty()) {
            throw ApiError.invalid("tool_choice", "tool_choice names a function that is not among the tools");
        }
        return new ToolUse(one, true, false);
    }
}
