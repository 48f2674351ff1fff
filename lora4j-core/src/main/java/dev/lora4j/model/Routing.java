package dev.lora4j.model;

import dev.lora4j.tensor.Segment;
import java.util.List;

/** Which rows of a batch use which adapter's values at a module. */
@FunctionalInterface
public interface Routing {
    /** All rows get the base alone. */
    Routing NONE = path -> List.of();

    /** The low-rank pairs at the module of this path, by row; empty if no adapter targets it. */
    List<Segment> segments(String path);

    /** The modules of adapters' own at this path, by row; empty if no adapter trained it whole. */
    default List<Replacement> replacements(String path) {
        return List.of();
    }

    /** What adapters do to the output of the module at this path, by row; empty if nothing. */
    default List<Insertion> insertions(String path) {
        return List.of();
    }

    /** The same for a batch with virtual tokens in these rows. */
    default Routing over(VirtualRows rows) {
        return this;
    }
}
