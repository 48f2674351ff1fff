package dev.lora4j.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Filters that read or rearrange the items of a value. */
final class ListFilters {
    private final Budget budget;
    private final Attributes attributes;
    private final Arithmetic arithmetic;

    ListFilters(Budget budget, Attributes attributes) {
        this.budget = budget;
        this.attributes = attributes;
        this.arithmetic = new Arithmetic(budget);
    }

    void register(Map<String, Filters.Body> filters) {
        filters.put("length", (input, arguments) -> Values.length(input));
        filters.put("count", (input, arguments) -> Values.length(input));
        filters.put("default", ListFilters::fallback);
        filters.put("d", ListFilters::fallback);
        filters.put("first", (input, arguments) -> first(Values.iterate(input), "first"));
        filters.put("last", (input, arguments) -> last(input));
        filters.put("list", (input, arguments) -> list(input));
        filters.put("items", Deferred.generator((input, arguments) -> items(input)));
        filters.put("reverse", (input, arguments) -> reverse(input));
        filters.put("join", this::join);
        filters.put("sum", this::sum);
        filters.put("batch", Deferred.generator(this::batch));
        filters.put("slice", Deferred.generator(this::slice));
    }

    private static Object fallback(Object input, Arguments arguments) {
        Arguments bound = arguments.bound("default", "default_value", "boolean");
        boolean missing = input instanceof Undefined || (bound.flag(1, false) && !Values.truth(input));
        return missing ? bound.get(0, "") : input;
    }

    private static Object first(Iterator<Object> items, String filter) {
        return items.hasNext() ? items.next() : new Undefined("there is no " + filter + " item, the sequence is empty");
    }

    private static Object last(Object input) {
        if (input instanceof Generator) {
            throw new TemplateException("a generator has no last item, apply the filter list first");
        }
        if (Values.isText(input) && Values.truth(input)) {
            String text = Values.text(input);
            return Character.toString(text.codePointBefore(text.length()));
        }
        List<Object> items = Values.items(input);
        return first(items.isEmpty() ? items.iterator() : items.listIterator(items.size() - 1), "last");
    }

    private Object list(Object input) {
        List<Object> items = new ArrayList<>(Values.items(input));
        budget.steps(items.size());
        return items;
    }

    private static Object items(Object input) {
        if (input instanceof Undefined) {
            return List.of();
        }
        if (!(input instanceof Map)) {
            throw new TemplateException("items expected a dict, found " + Values.typeName(input));
        }
        return CollectionMethods.pairs(Values.map(input));
    }

    private Object reverse(Object input) {
        if (Values.isText(input)) {
            return Slices.slice(input, None.NONE, None.NONE, -1L, budget);
        }
        List<Object> items = new ArrayList<>(Values.items(input));
        budget.steps(items.size());
        Collections.reverse(items);
        return input instanceof Generator ? items : new Generator(items.iterator());
    }

    private Object join(Object input, Arguments arguments) {
        Arguments bound = arguments.bound("join", "d", "attribute");
        String separator = Repr.str(bound.get(0, ""), budget);
        AttributePath path = AttributePath.of(bound.get(1, None.NONE), attributes);
        StringBuilder out = new StringBuilder();
        Iterator<Object> items = Values.iterate(input);
        for (boolean first = true; items.hasNext(); first = false) {
            budget.step();
            out.append(first ? "" : separator).append(Repr.str(path.of(items.next()), budget));
            if (out.length() > Limits.TEXT_CHARS) {
                break;
            }
        }
        budget.text(out.length());
        return out.toString();
    }

    private Object sum(Object input, Arguments arguments) {
        Arguments bound = arguments.bound("sum", "attribute", "start");
        AttributePath path = AttributePath.of(bound.get(0, None.NONE), attributes);
        Object total = bound.get(1, 0L);
        if (Values.isText(total)) {
            throw new TemplateException("sum cannot add texts, use join");
        }
        Iterator<Object> items = Values.iterate(input);
        while (items.hasNext()) {
            budget.step();
            total = arithmetic.apply("+", total, path.of(items.next()));
        }
        return total;
    }

    private Object batch(Object input, Arguments arguments) {
        Arguments bound = arguments.bound("batch", "linecount", "fill_with");
        bound.required(0, "batch");
        long size = bound.integer(0, 0, "batch");
        List<Object> batches = new ArrayList<>();
        List<Object> batch = new ArrayList<>();
        for (Object item : Values.items(input)) {
            budget.step();
            if (batch.size() == size) {
                batches.add(batch);
                batch = new ArrayList<>();
            }
            batch.add(item);
        }
        if (!batch.isEmpty()) {
            if (bound.has(1) && size > batch.size()) {
                budget.items(size - batch.size());
                batch.addAll(Collections.nCopies((int) size - batch.size(), bound.get(1, None.NONE)));
            }
            batches.add(batch);
        }
        return batches;
    }

    private Object slice(Object input, Arguments arguments) {
        Arguments bound = arguments.bound("slice", "slices", "fill_with");
        bound.required(0, "slice");
        long slices = bound.integer(0, 0, "slice");
        if (slices == 0) {
            throw new TemplateException("slice got zero slices");
        }
        budget.items(slices);
        List<Object> items = Values.items(input);
        List<Object> parts = new ArrayList<>();
        int start = 0;
        for (long i = 0; i < slices; i++) {
            boolean extra = i < items.size() % slices;
            int end = start + (int) (items.size() / slices) + (extra ? 1 : 0);
            List<Object> part = new ArrayList<>(items.subList(start, end));
            if (bound.has(1) && !extra) {
                part.add(bound.get(1, None.NONE));
            }
            budget.steps(part.size());
            parts.add(part);
            start = end;
        }
        return parts;
    }
}
