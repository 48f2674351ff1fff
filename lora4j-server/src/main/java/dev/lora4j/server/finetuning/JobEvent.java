package dev.lora4j.server.finetuning;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that happened to a job.
 *
 * @param createdAt in Unix seconds
 * @param level info, warn or error
 * @param step that was done, if it is about one
 * @param loss of the step's rows, or of the validation rows
 * @param totalSteps of the job
 */
public record JobEvent(
        String id,
        long createdAt,
        String level,
        Kind kind,
        String message,
        Optional<Long> step,
        Optional<Double> loss,
        Optional<Long> totalSteps) {

    /** What it is about. */
    public enum Kind {
        /** The job as a whole. */
        MESSAGE,
        /** An optimizer step: the loss is that of its rows. */
        STEP,
        /** The validation rows after a step: the loss is theirs. */
        VALIDATION,
        /** A checkpoint that can be used. */
        CHECKPOINT;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether it carries figures. */
    public boolean isMetrics() {
        return kind == Kind.STEP || kind == Kind.VALIDATION;
    }

    static JobEvent read(ResultSet row) throws SQLException {
        return new JobEvent(
                row.getString("id"),
                row.getLong("created_at"),
                row.getString("level"),
                Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                row.getString("message"),
                Query.optionalLong(row, "step"),
                Query.optionalDouble(row, "loss"),
                Query.optionalLong(row, "total"));
    }
}
