package dev.lora4j.server.finetuning;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * A model as it was after a step, which is served under a name of its own.
 *
 * @param createdAt in Unix seconds
 * @param trainLoss of the step's rows
 * @param validationLoss of all validation rows, if they were measured after this step
 */
public record JobCheckpoint(
        String id,
        String job,
        long step,
        long createdAt,
        String modelName,
        Optional<Double> trainLoss,
        Optional<Double> validationLoss) {
    static final String SELECT = """
            SELECT c.*,
              (SELECT loss FROM events e WHERE e.job = c.job AND e.kind = 'step' AND e.step = c.step) AS train_loss,
              (SELECT loss FROM events e WHERE e.job = c.job AND e.kind = 'validation' AND e.step = c.step) AS valid_loss
            FROM checkpoints c
            """;

    static JobCheckpoint read(ResultSet row) throws SQLException {
        return new JobCheckpoint(
                row.getString("id"),
                row.getString("job"),
                row.getLong("step"),
                row.getLong("created_at"),
                row.getString("model_name"),
                Query.optionalDouble(row, "train_loss"),
                Query.optionalDouble(row, "valid_loss"));
    }
}
