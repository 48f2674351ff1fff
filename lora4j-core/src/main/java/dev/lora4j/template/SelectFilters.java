package dev.lora4j.template;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Filters that apply another filter or a test to every item: map, select, reject and their relatives. */
final class SelectFilters {
    private final Budget budget;
    private final Attributes attributes;
    private final Filters filters;
    private final Tests tests;

    SelectFilters(Budget budget, Attributes attributes, Filters filters, Tests tests) {
        this.budget = budget;
        this.attributes = attributes;
        this.filters = filters;
        this.tests = tests;
    }

    void register(Map<String, Filters.Body> registry) {
        registry.put("map", Deferred.generator(this::map));
        registry.put("select", Deferred.generator((input, arguments) -> select(input, arguments, false, true)));
        registry.put("reject", Deferred.generator((input, arguments) -> select(input, arguments, false, false)));
        registry.put("selectattr", Deferred.generator((input, arguments) -> select(input, arguments, true, true)));
        registry.put("rejectattr", Deferred.generator((input, arguments) -> select(input, arguments, true, false)));
    }

    private Object map(Object input, Arguments arguments) {
        Iterator<Object> items = Values.truth(input) ? Values.iterate(input) : Collections.emptyIterator();
        UnaryOperator<Object> function = function(arguments);
        return new Generator(new Iterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public Object next() {
                budget.step();
                return function.apply(items.next());
            }
        });
    }

    private UnaryOperator<Object> function(Arguments arguments) {
        Object attribute = arguments.named().get("attribute");
        if (arguments.positional().isEmpty() && attribute != null) {
            AttributePath path = AttributePath.of(attribute, attributes);
            Object fallback = arguments.named().getOrDefault("default", None.NONE);
            return item -> path.of(item, fallback);
        }
        String filter = arguments.text(0, "map");
        Arguments rest = arguments.from(1);
        return item -> filters.apply(filter, item, rest);
    }

    private Object select(Object input, Arguments arguments, boolean byAttribute, boolean wanted) {
        Iterator<Object> items = Values.truth(input) ? Values.iterate(input) : Collections.emptyIterator();
        String name = byAttribute ? "selectattr" : "select";
        AttributePath path = AttributePath.of(byAttribute ? arguments.required(0, name) : None.NONE, attributes);
        Arguments rest = byAttribute ? arguments.from(1) : arguments;
        Predicate<Object> test = Values::truth;
        if (!rest.positional().isEmpty()) {
            String testName = rest.text(0, name);
            Arguments testArguments = rest.from(1);
            test = value -> tests.test(testName, value, testArguments);
        }
        Predicate<Object> chosen = test;
        return new Generator(new Selection(items, budget, item -> chosen.test(path.of(item)) == wanted));
    }
}
