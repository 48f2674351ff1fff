package dev.lora4j.model;

import dev.lora4j.tensor.Segment;
import java.util.List;

/** Which rows of a batch use which low-rank pair at a layer. */
@FunctionalInterface
public interface Routing {
    /** All rows get the base alone. */
    Routing NONE = path -> List.of();

    /** The segments at the layer of this path, by row; empty if no adapter targets it. */
    List<Segment> segments(String path);
}
