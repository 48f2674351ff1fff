package dev.lora4j.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.lora.Adapter;
import dev.lora4j.model.LanguageModel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** What must be the same for a run to go on from a checkpoint: base, data, adapter and settings. */
final class RunIdentity {
    private static final ObjectMapper JSON =
            new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE);

    private RunIdentity() {}

    static ObjectNode of(TrainingRun run, LanguageModel model) {
        TrainingTask task = run.task();
        ObjectNode identity = JSON.createObjectNode();
        identity.put("base", model.fingerprint());
        identity.put("training-data", task.training().digest());
        identity.put(
                "validation-data", task.validation().map(rows -> rows.digest()).orElse("none"));
        identity.set("adapter", adapter(task.adapter()));
        identity.set("settings", JSON.valueToTree(task.config()));
        return identity;
    }

    private static ObjectNode adapter(Adapter adapter) {
        ObjectNode json = JSON.createObjectNode();
        adapter.baseline().ifPresent(baseline -> json.put("method", baseline.toString()));
        if (!adapter.isFull() && adapter.baseline().isEmpty()) {
            json.put("rank", adapter.config().rank());
            json.put("alpha", adapter.config().alpha());
            json.put("dropout", adapter.config().dropout());
            json.put("rank-stabilized", adapter.config().isRankStabilized());
            json.put("initialization", adapter.config().initialization().name());
        }
        json.put("parameters", adapter.parameters());
        adapter.tensors().keySet().forEach(json.putArray("tensors")::add);
        return json;
    }

    /** Where two identities differ, as {@code settings.batch-size: 8 there, 16 here}. */
    static List<String> differences(JsonNode there, JsonNode here) {
        List<String> differences = new ArrayList<>();
        compare("", there, here, differences);
        return differences;
    }

    private static void compare(String path, JsonNode there, JsonNode here, List<String> differences) {
        if (there.isObject() && here.isObject()) {
            ObjectNode union = ((ObjectNode) there).deepCopy();
            union.setAll((ObjectNode) here);
            for (Iterator<String> keys = union.fieldNames(); keys.hasNext(); ) {
                String key = keys.next();
                compare(path.isEmpty() ? key : path + "." + key, there.path(key), here.path(key), differences);
            }
        } else if (!there.toString().equals(here.toString())) {
            differences.add(path + ": " + shown(there) + " there, " + shown(here) + " here");
        }
    }

    private static String shown(JsonNode node) {
        String text = node.isMissingNode() ? "absent" : node.toString();
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }
}
