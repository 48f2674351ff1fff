package dev.lora4j.template;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Attributes and items of values, as in Jinja's sandbox for immutable data.
 *
 * <p>An attribute is one of a fixed set of methods; there is no way to any Java member. Names with two leading
 * underscores are refused at once, where Jinja would wait for their use.
 */
final class Attributes {
    private static final Set<String> CHANGING = Set.of(
            "append",
            "clear",
            "extend",
            "insert",
            "pop",
            "popitem",
            "remove",
            "reverse",
            "setdefault",
            "sort",
            "update");

    private final StringMethods strings;
    private final CollectionMethods collections;
    private final Comparisons comparisons;

    Attributes(Budget budget) {
        this.strings = new StringMethods(budget);
        this.comparisons = new Comparisons(budget);
        this.collections = new CollectionMethods(comparisons);
    }

    /** {@code value.name}: the attribute, else the item of that name. */
    Object attribute(Object value, String name) {
        Object attribute = own(value, name);
        if (attribute != null) {
            return attribute;
        }
        Object item = value instanceof Map<?, ?> map ? map.get(name) : null;
        return item != null ? item : missing(value, name);
    }

    /** {@code value[index]}: the item, else the attribute of that name. */
    Object item(Object value, Object index) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        Object item = itemOnly(value, index);
        if (item != null) {
            return item;
        }
        if (Values.isText(index)) {
            Object attribute = own(value, Values.text(index));
            return attribute != null ? attribute : missing(value, Values.text(index));
        }
        return new Undefined("a value of type " + Values.typeName(value) + " has no element " + describe(index));
    }

    /** The filter attr: the attribute and never the item. */
    Object attributeOnly(Object value, String name) {
        Object attribute = own(value, name);
        return attribute != null ? attribute : missing(value, name);
    }

    private static String describe(Object index) {
        return Numbers.isNumber(index) ? index.toString() : "of type " + Values.typeName(index);
    }

    private static Undefined missing(Object value, String name) {
        if (name.startsWith("__")) {
            throw new TemplateException("the name '" + name + "' is refused, it starts with two underscores");
        }
        return new Undefined("a value of type " + Values.typeName(value) + " has no attribute '" + name + "'");
    }

    private @Nullable Object itemOnly(Object value, Object index) {
        if (value instanceof Map<?, ?> map) {
            return index instanceof List || index instanceof Map ? null : map.get(Values.key(index));
        }
        if (!(index instanceof Long || index instanceof Boolean)) {
            return null;
        }
        long at = Numbers.toLong(index);
        if (Values.isText(value)) {
            long length = Values.length(value);
            long absolute = at < 0 ? at + length : at;
            if (absolute < 0 || absolute >= length) {
                return null;
            }
            String text = Values.text(value);
            String letter = Character.toString(text.codePointAt(text.offsetByCodePoints(0, (int) absolute)));
            return value instanceof SafeText ? new SafeText(letter) : letter;
        }
        if (value instanceof List || value instanceof Tuple || value instanceof Range) {
            List<Object> items = Values.items(value);
            long absolute = at < 0 ? at + items.size() : at;
            return absolute < 0 || absolute >= items.size() ? null : items.get((int) absolute);
        }
        return null;
    }

    private @Nullable Object own(Object value, String name) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (value instanceof Namespace namespace) {
            return namespace.attributes().get(name);
        }
        if (value instanceof LoopVariable loop) {
            return loop.attribute(name, comparisons);
        }
        if (Values.isText(value)) {
            return strings.find(value, name);
        }
        if (CHANGING.contains(name) && (value instanceof List || value instanceof Map)) {
            return new Undefined("'" + name + "' would change a " + Values.typeName(value)
                    + "; in a template only a namespace may change");
        }
        if (value instanceof Function function && name.equals("name")) {
            return function.name();
        }
        return collections.find(value, name);
    }
}
