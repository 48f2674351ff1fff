package dev.lora4j.template;

import java.util.HashMap;
import java.util.Map;

/** The filters by name, each a function of its input and arguments. */
final class Filters {
    @FunctionalInterface
    interface Body {
        Object apply(Object input, Arguments arguments);
    }

    private final Map<String, Body> filters = new HashMap<>();

    Filters(Budget budget, Attributes attributes, Tests tests) {
        new TextFilters(budget).register(filters);
        new NumberFilters(budget).register(filters);
        new ListFilters(budget, attributes).register(filters);
        new SelectFilters(budget, attributes, this, tests).register(filters);
        new OrderFilters(budget, attributes).register(filters);
        filters.put("attr", (input, arguments) -> {
            Arguments bound = arguments.bound("attr", "name");
            return attributes.attributeOnly(input, bound.text(0, "attr"));
        });
        filters.put("tojson", (input, arguments) -> JsonFilter.apply(input, arguments, budget));
    }

    Object apply(String name, Object input, Arguments arguments) {
        Body filter = filters.get(name);
        if (filter == null) {
            throw new TemplateException("there is no filter named '" + name + "'");
        }
        return filter.apply(input, arguments);
    }

    boolean has(String name) {
        return filters.containsKey(name);
    }
}
