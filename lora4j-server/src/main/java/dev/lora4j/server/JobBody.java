package dev.lora4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.server.finetuning.Hyperparameters;
import dev.lora4j.server.finetuning.JobRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads the body that asks for a fine-tuning job. */
final class JobBody {
    private JobBody() {}

    static JobRequest read(Fields fields) {
        String model = fields.requiredText("model");
        String training = fields.requiredText("training_file");
        Optional<Hyperparameters> old = fields.object("hyperparameters").map(JobBody::hyperparameters);
        Optional<Hyperparameters> method = fields.object("method").flatMap(JobBody::method);
        fields.refuse("integrations", value -> value.isArray() && value.isEmpty());
        JobRequest request = new JobRequest(
                model,
                training,
                fields.text("validation_file"),
                fields.text("suffix"),
                fields.longInteger("seed", 0, Integer.MAX_VALUE),
                fields.value("metadata").map(JobBody::metadata).orElse(Map.of()),
                method.or(() -> old).orElse(Hyperparameters.auto()));
        fields.end();
        return request;
    }

    private static Optional<Hyperparameters> method(Fields method) {
        String type = method.requiredText("type");
        if (!type.equals("supervised")) {
            throw ApiError.unsupported(
                    method.path("type"),
                    method.path("type") + " is " + ServedModels.shortened(type)
                            + ", this server does supervised fine-tuning alone");
        }
        Optional<Hyperparameters> hyperparameters = method.object("supervised").flatMap(supervised -> {
            Optional<Hyperparameters> found =
                    supervised.object("hyperparameters").map(JobBody::hyperparameters);
            supervised.end();
            return found;
        });
        method.end();
        return hyperparameters;
    }

    private static Hyperparameters hyperparameters(Fields fields) {
        Hyperparameters hyperparameters = new Hyperparameters(
                notAuto(fields, "n_epochs").map(value ->
                        (int) Fields.integer(fields.path("n_epochs"), value, 1, Hyperparameters.MAX_EPOCHS)),
                notAuto(fields, "batch_size").map(value ->
                        (int) Fields.integer(fields.path("batch_size"), value, 1, Hyperparameters.MAX_BATCH)),
                notAuto(fields, "learning_rate_multiplier")
                        .map(value -> Fields.number(
                                fields.path("learning_rate_multiplier"),
                                value,
                                Double.MIN_NORMAL,
                                Hyperparameters.MAX_MULTIPLIER)));
        fields.end();
        return hyperparameters;
    }

    private static Optional<JsonNode> notAuto(Fields fields, String name) {
        return fields.value(name)
                .filter(value -> !(value.isTextual() && value.textValue().equals("auto")));
    }

    private static Map<String, String> metadata(JsonNode value) {
        if (!value.isObject()) {
            throw Fields.wrongType("metadata", value, "an object");
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        value.properties()
                .forEach(entry -> metadata.put(
                        Fields.text("metadata", com.fasterxml.jackson.databind.node.TextNode.valueOf(entry.getKey())),
                        Fields.text("metadata." + ServedModels.shortened(entry.getKey()), entry.getValue())));
        return metadata;
    }
}
