package dev.lora4j.formats.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/** The TemplateProcessing node of a tokenizer.json: tokens before and after each text. */
final class PostProcessor {
    private PostProcessor() {}

    static ObjectNode template(Optional<String> first, Optional<String> last, Map<String, Integer> ids) {
        ObjectNode template = JsonNodeFactory.instance.objectNode().put("type", "TemplateProcessing");
        addText(template.putArray("single"), "A", 0, first, last);
        ArrayNode pair = template.putArray("pair");
        addText(pair, "A", 0, first, last);
        addText(pair, "B", 1, first, last);
        ObjectNode special = template.putObject("special_tokens");
        ids.forEach((token, id) -> {
            ObjectNode entry = special.putObject(token).put("id", token);
            entry.putArray("ids").add(id);
            entry.putArray("tokens").add(token);
        });
        return template;
    }

    private static void addText(
            ArrayNode parts, String sequence, int typeId, Optional<String> first, Optional<String> last) {
        first.ifPresent(token -> add(parts, "SpecialToken", token, typeId));
        add(parts, "Sequence", sequence, typeId);
        last.ifPresent(token -> add(parts, "SpecialToken", token, typeId));
    }

    private static void add(ArrayNode parts, String kind, String id, int typeId) {
        parts.addObject().putObject(kind).put("id", id).put("type_id", typeId);
    }
}
