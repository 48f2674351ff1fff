package dev.lora4j.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code loop} of a for: position, neighbours and length.
 *
 * <p>Reads no further ahead than it is asked, because the loop's {@code if} may depend on what the body sets.
 */
final class LoopVariable implements Iterator<Object> {
    /** Renders the body of a recursive loop over other items. */
    @FunctionalInterface
    interface Recursion {
        String over(Object items);
    }

    private final Iterator<Object> source;
    private final long knownLength;
    private final int depth;
    private final @Nullable Recursion recursion;
    private final Deque<Object> ahead = new ArrayDeque<>();
    private @Nullable Object before;
    private @Nullable Object current;
    private @Nullable List<Object> lastChanged;
    private int index;

    /**
     * @param knownLength the number of items, or -1 where only reading them tells
     * @param recursion renders the loop over other items; null where the loop is not recursive
     */
    LoopVariable(Iterator<Object> source, long knownLength, int depth, @Nullable Recursion recursion) {
        this.source = source;
        this.knownLength = knownLength;
        this.depth = depth;
        this.recursion = recursion;
    }

    @Override
    public boolean hasNext() {
        return !ahead.isEmpty() || source.hasNext();
    }

    @Override
    public Object next() {
        before = current;
        Object item = ahead.isEmpty() ? source.next() : ahead.removeFirst();
        current = item;
        index++;
        return item;
    }

    long index() {
        return index;
    }

    long length() {
        if (knownLength >= 0) {
            return knownLength;
        }
        source.forEachRemaining(ahead::add);
        return index + (long) ahead.size();
    }

    String recurse(Object items) {
        if (recursion == null) {
            throw new TemplateException("loop() needs a loop that is marked 'recursive'");
        }
        return recursion.over(items);
    }

    /** The attribute of that name; null where there is none. */
    @Nullable
    Object attribute(String name, Comparisons comparisons) {
        return switch (name) {
            case "index" -> (long) index;
            case "index0" -> (long) index - 1;
            case "first" -> index == 1;
            case "last" -> !hasNext();
            case "length" -> length();
            case "revindex" -> length() - index + 1;
            case "revindex0" -> length() - index;
            case "depth" -> (long) depth + 1;
            case "depth0" -> (long) depth;
            case "previtem" -> before == null ? new Undefined("there is no previous item") : before;
            case "nextitem" -> nextItem();
            case "cycle" -> new Function(name, this::cycle);
            case "changed" -> new Function(name, arguments -> changed(arguments, comparisons));
            default -> null;
        };
    }

    private Object nextItem() {
        if (!hasNext()) {
            return new Undefined("there is no next item");
        }
        if (ahead.isEmpty()) {
            ahead.add(source.next());
        }
        return ahead.getFirst();
    }

    private Object cycle(Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            throw new TemplateException("loop.cycle() needs at least one value");
        }
        return arguments.positional().get((index - 1) % arguments.positional().size());
    }

    private Object changed(Arguments arguments, Comparisons comparisons) {
        List<Object> values = new ArrayList<>(arguments.positional());
        boolean same = lastChanged != null && comparisons.equal(lastChanged, values);
        lastChanged = values;
        return !same;
    }
}
