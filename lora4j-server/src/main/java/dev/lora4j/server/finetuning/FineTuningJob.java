package dev.lora4j.server.finetuning;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.JsonFile;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A job as it stands. Times are Unix seconds.
 *
 * @param owner whose key made it
 * @param base what clients call the model that it began with
 * @param fingerprint of that model
 * @param modelName of the model that is to come
 * @param hyperparameters as asked for; with numbers for all once it has begun
 * @param plan what a run that goes on must have the same; empty until it has begun
 * @param trainedTokens that went through the model, once it has succeeded
 * @param error why it failed
 * @param resultFile the id of a file with the steps, once it has succeeded
 * @param modelDeleted whether its model is served no more
 */
public record FineTuningJob(
        String id,
        String owner,
        long createdAt,
        String base,
        String fingerprint,
        String modelName,
        String trainingFile,
        Optional<String> validationFile,
        Optional<String> suffix,
        long seed,
        Map<String, String> metadata,
        Hyperparameters hyperparameters,
        Optional<String> plan,
        JobStatus status,
        Optional<Long> finishedAt,
        Optional<Long> trainedTokens,
        Optional<Failure> error,
        Optional<String> resultFile,
        boolean modelDeleted) {

    /**
     * Why a job failed.
     *
     * @param param the field of the request that is to blame, if it is one
     */
    public record Failure(String code, String message, Optional<String> param) {}

    /** The name of the model that came of it. */
    public Optional<String> fineTunedModel() {
        return status == JobStatus.SUCCEEDED ? Optional.of(modelName) : Optional.empty();
    }

    static FineTuningJob read(ResultSet row) throws SQLException {
        Optional<String> code = Query.optionalText(row, "error_code");
        return new FineTuningJob(
                row.getString("id"),
                row.getString("owner"),
                row.getLong("created_at"),
                row.getString("base"),
                row.getString("fingerprint"),
                row.getString("model_name"),
                row.getString("training_file"),
                Query.optionalText(row, "validation_file"),
                Query.optionalText(row, "suffix"),
                row.getLong("seed"),
                Query.optionalText(row, "metadata").map(FineTuningJob::metadata).orElse(Map.of()),
                Hyperparameters.of(row.getString("hyperparameters")),
                Query.optionalText(row, "plan"),
                JobStatus.of(row.getString("status")),
                Query.optionalLong(row, "finished_at"),
                Query.optionalLong(row, "trained_tokens"),
                code.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Failure(
                                code.get(), row.getString("error_message"), Query.optionalText(row, "error_param"))),
                Query.optionalText(row, "result_file"),
                row.getBoolean("model_deleted"));
    }

    private static Map<String, String> metadata(String json) {
        Map<String, String> metadata = new LinkedHashMap<>();
        JsonFile.parse(json, "metadata")
                .properties()
                .forEach(entry -> metadata.put(entry.getKey(), entry.getValue().asText()));
        return Collections.unmodifiableMap(metadata);
    }

    /** The metadata as it is kept; nothing for none. */
    static Optional<String> json(Map<String, String> metadata) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        metadata.forEach(json::put);
        return metadata.isEmpty() ? Optional.empty() : Optional.of(json.toString());
    }
}
