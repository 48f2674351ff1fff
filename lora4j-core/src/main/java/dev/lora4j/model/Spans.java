package dev.lora4j.model;

import dev.lora4j.tensor.Concatenate;
import dev.lora4j.tensor.RowRange;
import dev.lora4j.tensor.Segment;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs a module span by span of the rows, where adapters bring values of their own for it. */
final class Spans {
    private final Tape tape;
    private final Tensor x;
    private final AdaptableModule module;
    private final List<Segment> segments;
    private final Body body;
    private final List<Tensor> parts = new ArrayList<>();

    private Spans(Tape tape, Tensor x, AdaptableModule module, List<Segment> segments, Body body) {
        this.tape = tape;
        this.x = x;
        this.module = module;
        this.segments = segments;
        this.body = body;
    }

    /** The module's computation for some rows; the weight is null where the module's own is meant. */
    interface Body {
        Tensor apply(Tensor x, @Nullable Tensor weight, @Nullable Tensor bias, List<Segment> segments);
    }

    /** All rows at once where nobody brings values, else each span with its own; then what is inserted after it. */
    static Tensor apply(Tape tape, Tensor x, AdaptableModule module, Routing routing, Body body) {
        List<Segment> segments = routing.segments(module.path());
        List<Replacement> replacements = routing.replacements(module.path());
        Tensor y = replacements.isEmpty()
                ? body.apply(x, null, module.bias(), segments)
                : new Spans(tape, x, module, segments, body).run(replacements);
        return Insertion.apply(tape, y, routing.insertions(module.path()));
    }

    private Tensor run(List<Replacement> replacements) {
        long done = 0;
        for (Replacement replacement : replacements) {
            span(new Replacement(done, replacement.start(), null, null));
            span(replacement);
            done = replacement.end();
        }
        span(new Replacement(done, x.size(0), null, null));
        return parts.size() == 1 ? parts.get(0) : Concatenate.apply(tape, parts);
    }

    private void span(Replacement span) {
        if (span.start() == span.end()) {
            return;
        }
        boolean all = span.start() == 0 && span.end() == x.size(0);
        Tensor rows = all ? x : RowRange.apply(tape, x, span.start(), span.end());
        Tensor bias = span.bias() == null ? module.bias() : span.bias();
        parts.add(body.apply(rows, span.weight(), bias, Segment.within(segments, span.start(), span.end())));
    }
}
