package dev.lora4j.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of dicts, lists and tuples that read. */
final class CollectionMethods {
    private final Comparisons comparisons;

    CollectionMethods(Comparisons comparisons) {
        this.comparisons = comparisons;
    }

    /** The method of that name; null where the value has none. */
    @Nullable
    Object find(Object value, String name) {
        if (value instanceof Map) {
            return ofMap(Values.map(value), name);
        }
        if (value instanceof List) {
            return name.equals("copy")
                    ? new Function(name, arguments -> new ArrayList<>(Values.list(value)))
                    : ofSequence(Values.list(value), name);
        }
        if (value instanceof Tuple tuple) {
            int field = tuple.fields().indexOf(name);
            return field >= 0 ? tuple.items().get(field) : ofSequence(tuple.items(), name);
        }
        return value instanceof Range range ? ofSequence(range.items(), name) : null;
    }

    private static @Nullable Object ofMap(Map<Object, Object> map, String name) {
        return switch (name) {
            case "get" ->
                new Function(name, arguments -> {
                    Arguments bound = arguments.bound("get", "key", "default");
                    Object item = map.get(Values.key(bound.required(0, "get")));
                    return item != null ? item : bound.get(1, None.NONE);
                });
            case "keys" -> view(name, new ArrayList<>(map.keySet()));
            case "values" -> view(name, new ArrayList<>(map.values()));
            case "items" -> view(name, pairs(map));
            case "copy" -> new Function(name, arguments -> new LinkedHashMap<>(map));
            default -> null;
        };
    }

    private static Function view(String kind, List<Object> items) {
        return new Function(kind, arguments -> {
            arguments.bound(kind);
            return new DictView(kind, items);
        });
    }

    static List<Object> pairs(Map<Object, Object> map) {
        List<Object> pairs = new ArrayList<>(map.size());
        map.forEach((key, value) -> pairs.add(Tuple.of(key, value)));
        return pairs;
    }

    private @Nullable Object ofSequence(List<Object> items, String name) {
        return switch (name) {
            case "index" ->
                new Function(name, arguments -> {
                    Object wanted = arguments.bound("index", "value").required(0, "index");
                    for (int i = 0; i < items.size(); i++) {
                        if (comparisons.equal(items.get(i), wanted)) {
                            return (long) i;
                        }
                    }
                    throw new TemplateException("index() did not find the value in the list");
                });
            case "count" ->
                new Function(name, arguments -> {
                    Object wanted = arguments.bound("count", "value").required(0, "count");
                    return items.stream()
                            .filter(item -> comparisons.equal(item, wanted))
                            .count();
                });
            default -> null;
        };
    }
}
