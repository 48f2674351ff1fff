package dev.lora4j.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Supplier;

/** Goes through a data file row by row. */
interface RowReader extends AutoCloseable {
    /**
     * A row that is not yet understood.
     *
     * @param fields gives the columns with their values, or throws {@link BadRowException}
     */
    record Unread(RowOrigin origin, Supplier<ObjectNode> fields) {}

    /** The next row, or empty at the end. */
    Optional<Unread> next();

    @Override
    void close();
}
