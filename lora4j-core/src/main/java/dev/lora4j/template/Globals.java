package dev.lora4j.template;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions every template finds: range, dict, namespace, raise_exception and strftime_now. */
final class Globals {
    private final Budget budget;
    private final Clock clock;

    Globals(Budget budget, Clock clock) {
        this.budget = budget;
        this.clock = clock;
    }

    void register(Scope scope) {
        define(scope, "range", this::range);
        define(scope, "dict", this::dict);
        define(scope, "namespace", this::namespace);
        define(scope, "raise_exception", arguments -> {
            Object message = arguments.bound("raise_exception", "message").required(0, "raise_exception");
            throw new TemplateException(Repr.str(message, budget));
        });
        define(scope, "strftime_now", arguments -> {
            String format = arguments.bound("strftime_now", "format").text(0, "strftime_now");
            return TimeFormat.now(format, clock);
        });
    }

    private static void define(Scope scope, String name, Function.Body body) {
        scope.set(name, new Function(name, body));
    }

    private Object range(Arguments arguments) {
        Arguments bound = arguments.bound("range", "start", "stop", "step");
        bound.required(0, "range");
        long first = bound.integer(0, 0, "range");
        boolean single = arguments.positional().size() == 1;
        Range range = single
                ? new Range(0, first, 1)
                : new Range(first, bound.integer(1, 0, "range"), bound.integer(2, 1, "range"));
        budget.items(range.length());
        return range;
    }

    private Object dict(Arguments arguments) {
        Map<Object, Object> map = new LinkedHashMap<>();
        if (arguments.positional().size() > 1) {
            throw new TemplateException("dict() takes at most one positional argument");
        }
        for (Object source : arguments.positional()) {
            copy(source, map);
        }
        map.putAll(arguments.named());
        budget.steps(map.size());
        return map;
    }

    private static void copy(Object source, Map<Object, Object> target) {
        if (source instanceof Map) {
            target.putAll(Values.map(source));
            return;
        }
        for (Object pair : Values.items(source)) {
            List<Object> parts = Values.items(pair);
            if (parts.size() != 2) {
                throw new TemplateException("dict() expected pairs, found an item of length " + parts.size());
            }
            target.put(Values.key(parts.get(0)), parts.get(1));
        }
    }

    private Object namespace(Arguments arguments) {
        Namespace namespace = new Namespace();
        Values.map(dict(arguments)).forEach((name, value) -> namespace.set(Repr.str(name, budget), value));
        return namespace;
    }
}
