package dev.lora4j.template;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The items that pass a test, each found no sooner than it is asked for. */
final class Selection implements Iterator<Object> {
    private final Iterator<Object> items;
    private final Budget budget;
    private final Predicate<Object> wanted;
    private @Nullable Object found;

    Selection(Iterator<Object> items, Budget budget, Predicate<Object> wanted) {
        this.items = items;
        this.budget = budget;
        this.wanted = wanted;
    }

    @Override
    public boolean hasNext() {
        while (found == null && items.hasNext()) {
            budget.step();
            Object item = items.next();
            if (wanted.test(item)) {
                found = item;
            }
        }
        return found != null;
    }

    @Override
    public Object next() {
        if (!hasNext() || found == null) {
            throw new NoSuchElementException();
        }
        Object item = found;
        found = null;
        return item;
    }
}
