package dev.lora4j.tasks;

import java.util.List;
import java.util.Optional;

/** Where queries of tables are run. */
public interface QueryDatabase {
    /**
     * Runs a query.
     *
     * @param table the id of its table
     * @return a value for each row, {@link String}, {@link Long} or {@link Double}, each number in one form alone; no value for SQL's
     *     null. None at all if the query cannot be run
     */
    Optional<List<Optional<Object>>> result(String table, SqlQuery query);
}
