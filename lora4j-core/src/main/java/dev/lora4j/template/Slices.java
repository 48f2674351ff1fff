package dev.lora4j.template;

import java.util.ArrayList;
import java.util.List;

/** Subscripts of lists and texts, with Python's negative indexes and steps. */
final class Slices {
    private Slices() {}

    /** {@code value[start:stop:step]}; an absent part is none. */
    static Object slice(Object value, Object start, Object stop, Object step, Budget budget) {
        if (Values.isText(value)) {
            String text = Values.text(value);
            String part = text(text, indexes((int) Values.length(value), start, stop, step));
            budget.text(part.length());
            return value instanceof SafeText ? new SafeText(part) : part;
        }
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (!(value instanceof List) && !(value instanceof Tuple) && !(value instanceof Range)) {
            throw new TemplateException("a value of type " + Values.typeName(value) + " cannot be sliced");
        }
        List<Object> items = Values.items(value);
        Range range = indexes(items.size(), start, stop, step);
        if (value instanceof Range whole) {
            return new Range(
                    whole.start() + whole.step() * range.start(),
                    whole.start() + whole.step() * range.stop(),
                    whole.step() * range.step());
        }
        int length = range.length();
        budget.steps(length);
        List<Object> part = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            part.add(items.get((int) (range.start() + range.step() * i)));
        }
        return value instanceof List ? part : new Tuple(part);
    }

    private static String text(String text, Range range) {
        boolean basic = text.codePointCount(0, text.length()) == text.length();
        if (basic && range.step() == 1) {
            return text.substring((int) range.start(), (int) Math.max(range.start(), range.stop()));
        }
        int[] points = text.codePoints().toArray();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < range.length(); i++) {
            part.appendCodePoint(points[(int) (range.start() + range.step() * i)]);
        }
        return part.toString();
    }

    /** Python's {@code slice.indices}. */
    private static Range indexes(int length, Object start, Object stop, Object step) {
        long by = step == None.NONE ? 1 : integer(step);
        if (by == 0) {
            throw new TemplateException("the step of a slice is zero");
        }
        long low = by > 0 ? 0 : -1;
        long high = by > 0 ? length : length - 1L;
        long from = start == None.NONE ? (by > 0 ? low : high) : clamp(integer(start), length, low, high);
        long to = stop == None.NONE ? (by > 0 ? high : low) : clamp(integer(stop), length, low, high);
        long stride = Math.max(-length - 1L, Math.min(length + 1L, by));
        return new Range(from, to, stride);
    }

    private static long clamp(long index, int length, long low, long high) {
        long absolute = index < 0 ? index + length : index;
        return Math.max(low, Math.min(high, absolute));
    }

    private static long integer(Object part) {
        if (part instanceof Long || part instanceof Boolean) {
            return Numbers.toLong(part);
        }
        throw new TemplateException("a slice needs integers, found " + Values.typeName(part));
    }
}
