package dev.lora4j.server.finetuning;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A file that is kept.
 *
 * @param owner whose key brought it
 * @param filename as its owner calls it; never a path
 * @param createdAt in Unix seconds
 */
public record StoredFile(String id, String owner, String purpose, String filename, long bytes, long createdAt) {
    /** Rows to learn from. */
    public static final String FINE_TUNE = "fine-tune";
    /** What a job says of its steps. */
    public static final String RESULTS = "fine-tune-results";

    static StoredFile read(ResultSet row) throws SQLException {
        return new StoredFile(
                row.getString("id"),
                row.getString("owner"),
                row.getString("purpose"),
                row.getString("filename"),
                row.getLong("bytes"),
                row.getLong("created_at"));
    }
}
