package dev.lora4j.template;

import java.util.Iterator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Items that are worked out when the first is asked for, so that an error comes no sooner than in Python. */
final class Deferred implements Iterator<Object> {
    private final Supplier<Iterator<Object>> source;
    private @Nullable Iterator<Object> items;

    Deferred(Supplier<Iterator<Object>> source) {
        this.source = source;
    }

    /** The filter that gives the items of {@code filter}'s result, once each. */
    static Filters.Body generator(Filters.Body filter) {
        return (input, arguments) -> new Generator(new Deferred(() -> Values.iterate(filter.apply(input, arguments))));
    }

    private Iterator<Object> items() {
        if (items == null) {
            items = source.get();
        }
        return items;
    }

    @Override
    public boolean hasNext() {
        return items().hasNext();
    }

    @Override
    public Object next() {
        return items().next();
    }
}
