package dev.lora4j.model;

import dev.lora4j.tensor.Concatenate;
import dev.lora4j.tensor.RowRange;
import dev.lora4j.tensor.Segment;
import dev.lora4j.tensor.Sequences;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs what is shared by all tokens of a sequence, such as a table of positions, once for each run of sequences that
 * get the same from the adapters.
 */
final class SequenceGroups {
    private SequenceGroups() {}

    /** The computation for some sequences; a row of theirs tells what they get. */
    interface Body {
        Tensor apply(List<Tensor> inputs, Sequences sequences, long row);
    }

    /**
     * Applies.
     *
     * @param inputs [tokens, …] each
     * @param paths of the modules that the body applies to what is shared
     */
    static Tensor apply(Tape tape, List<Tensor> inputs, Pass pass, List<String> paths, Body body) {
        Sequences sequences = pass.sequences();
        List<Tensor> parts = new ArrayList<>();
        int first = 0;
        for (int i = 1; i <= sequences.count(); i++) {
            if (i == sequences.count() || !equal(pass, paths, sequences.offset(first), sequences.offset(i))) {
                parts.add(group(tape, inputs, sequences, first, i, body));
                first = i;
            }
        }
        return parts.size() == 1 ? parts.get(0) : Concatenate.apply(tape, parts);
    }

    private static boolean equal(Pass pass, List<String> paths, long row, long other) {
        Routing here = new RowRouting(pass.routing(), row, 1);
        Routing there = new RowRouting(pass.routing(), other, 1);
        return paths.stream()
                .allMatch(path -> here.segments(path).equals(there.segments(path))
                        && here.replacements(path).equals(there.replacements(path)));
    }

    private static Tensor group(Tape tape, List<Tensor> inputs, Sequences sequences, int first, int end, Body body) {
        int[] lengths = new int[end - first];
        Arrays.setAll(lengths, i -> sequences.length(first + i));
        int start = sequences.offset(first);
        Sequences own = Sequences.ofLengths(lengths);
        boolean all = own.tokens() == sequences.tokens();
        List<Tensor> rows = all
                ? inputs
                : inputs.stream()
                        .map(input -> RowRange.apply(tape, input, start, start + own.tokens()))
                        .toList();
        return body.apply(rows, own, start);
    }

    /**
     * What one row of a batch gets, given to all rows of something else.
     *
     * @param row of the batch
     * @param rows of what it is given to
     */
    record RowRouting(Routing routing, long row, long rows) implements Routing {
        /** Keeps the dropout of positions apart from that of the tokens. */
        private static final long PURPOSE = 0x706F736974696F6EL;

        @Override
        public List<Segment> segments(String path) {
            return routing.segments(path).stream()
                    .filter(segment -> segment.start() <= row && row < segment.end())
                    .map(segment -> new Segment(
                            0, rows, segment.adapter(), segment.dropout().map(stream -> stream.forPurpose(PURPOSE))))
                    .toList();
        }

        @Override
        public List<Replacement> replacements(String path) {
            return routing.replacements(path).stream()
                    .filter(each -> each.start() <= row && row < each.end())
                    .map(each -> new Replacement(0, rows, each.weight(), each.bias()))
                    .toList();
        }
    }
}
