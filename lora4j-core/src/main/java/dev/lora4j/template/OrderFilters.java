package dev.lora4j.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Filters that compare items: sort, unique, min, max, dictsort and groupby. */
final class OrderFilters {
    private final Budget budget;
    private final Attributes attributes;
    private final Comparisons comparisons;

    OrderFilters(Budget budget, Attributes attributes) {
        this.budget = budget;
        this.attributes = attributes;
        this.comparisons = new Comparisons(budget);
    }

    void register(Map<String, Filters.Body> filters) {
        filters.put("sort", this::sort);
        filters.put("dictsort", this::dictsort);
        filters.put("unique", Deferred.generator(this::unique));
        filters.put(
                "min", (input, arguments) -> extreme(input, arguments.bound("min", "case_sensitive", "attribute"), -1));
        filters.put(
                "max", (input, arguments) -> extreme(input, arguments.bound("max", "case_sensitive", "attribute"), 1));
        filters.put("groupby", this::groupby);
    }

    private record Keyed(Object key, Object item) {}

    private static Object ignoreCase(Object value, boolean caseSensitive) {
        return !caseSensitive && Values.isText(value) ? PythonText.lower(Values.text(value)) : value;
    }

    private List<Object> sorted(List<Keyed> items, boolean reverse) {
        Comparator<Keyed> order = Comparator.comparing(Keyed::key, comparisons.ascending());
        items.sort(reverse ? order.reversed() : order);
        List<Object> result = new ArrayList<>();
        items.forEach(item -> result.add(item.item()));
        return result;
    }

    private Object sort(Object input, Arguments arguments) {
        Arguments bound = arguments.bound("sort", "reverse", "case_sensitive", "attribute");
        Object attribute = bound.get(2, None.NONE);
        List<AttributePath> paths = new ArrayList<>();
        for (Object part : Values.isText(attribute)
                ? List.of((Object[]) Values.text(attribute).split(",", -1))
                : List.of(attribute)) {
            paths.add(AttributePath.of(part, attributes));
        }
        List<Keyed> keyed = new ArrayList<>();
        for (Object item : Values.items(input)) {
            budget.step();
            List<Object> key = new ArrayList<>();
            paths.forEach(path -> key.add(ignoreCase(path.of(item), bound.flag(1, false))));
            keyed.add(new Keyed(key, item));
        }
        return sorted(keyed, bound.flag(0, false));
    }

    private Object dictsort(Object input, Arguments arguments) {
        Arguments bound = arguments.bound("dictsort", "case_sensitive", "by", "reverse");
        String by = bound.has(1) ? bound.text(1, "dictsort") : "key";
        if (!by.equals("key") && !by.equals("value")) {
            throw new TemplateException("dictsort sorts by key or value, found " + by);
        }
        if (!(input instanceof Map)) {
            throw new TemplateException("dictsort expected a dict, found " + Values.typeName(input));
        }
        List<Keyed> keyed = new ArrayList<>();
        Values.map(input).forEach((key, value) -> {
            budget.step();
            keyed.add(
                    new Keyed(ignoreCase(by.equals("key") ? key : value, bound.flag(0, false)), Tuple.of(key, value)));
        });
        return sorted(keyed, bound.flag(2, false));
    }

    private Object unique(Object input, Arguments arguments) {
        Arguments bound = arguments.bound("unique", "case_sensitive", "attribute");
        AttributePath path = AttributePath.of(bound.get(1, None.NONE), attributes);
        List<Object> seen = new ArrayList<>();
        List<Object> result = new ArrayList<>();
        for (Object item : Values.items(input)) {
            Object key = Values.key(ignoreCase(path.of(item), bound.flag(0, false)));
            if (!comparisons.contains(seen, key)) {
                seen.add(key);
                result.add(item);
            }
        }
        return result;
    }

    private Object extreme(Object input, Arguments bound, int sign) {
        AttributePath path = AttributePath.of(bound.get(1, None.NONE), attributes);
        boolean caseSensitive = bound.flag(0, false);
        Iterator<Object> items = Values.iterate(input);
        if (!items.hasNext()) {
            return new Undefined("there is no smallest or largest item, the sequence is empty");
        }
        Object best = items.next();
        Object bestKey = ignoreCase(path.of(best), caseSensitive);
        while (items.hasNext()) {
            Object item = items.next();
            Object key = ignoreCase(path.of(item), caseSensitive);
            if (comparisons.order(key, bestKey, sign < 0 ? "<" : ">") * sign > 0) {
                best = item;
                bestKey = key;
            }
        }
        return best;
    }

    private Object groupby(Object input, Arguments arguments) {
        Arguments bound = arguments.bound("groupby", "attribute", "default", "case_sensitive");
        AttributePath path = AttributePath.of(bound.required(0, "groupby"), attributes);
        Object fallback = bound.get(1, None.NONE);
        boolean caseSensitive = bound.flag(2, false);
        List<Keyed> keyed = new ArrayList<>();
        for (Object item : Values.items(input)) {
            budget.step();
            keyed.add(new Keyed(ignoreCase(path.of(item, fallback), caseSensitive), item));
        }
        keyed.sort(Comparator.comparing(Keyed::key, comparisons.ascending()));
        List<Object> groups = new ArrayList<>();
        for (int start = 0; start < keyed.size(); ) {
            List<Object> group = new ArrayList<>();
            Object key = keyed.get(start).key();
            while (start < keyed.size() && comparisons.equal(keyed.get(start).key(), key)) {
                group.add(keyed.get(start++).item());
            }
            Object grouper = caseSensitive ? key : path.of(group.get(0), fallback);
            groups.add(new Tuple(List.of(grouper, group), List.of("grouper", "list")));
        }
        return groups;
    }
}
