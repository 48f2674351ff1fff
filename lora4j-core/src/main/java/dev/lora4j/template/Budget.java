package dev.lora4j.template;

import java.util.Collection;
import java.util.Map;

/** What one rendering has used of the {@link Limits}; confined to the thread that renders. */
final class Budget {
    private long steps;
    private long chars;
    private int depth;

    void step() {
        steps(1);
    }

    void steps(long count) {
        steps += count;
        if (steps > Limits.STEPS) {
            throw new TemplateException("stopped after " + Limits.STEPS + " steps; does a loop grow without end?");
        }
    }

    /** Called before an operation that may read the whole value. */
    void scan(Object value) {
        if (Values.isText(value)) {
            steps(Values.text(value).length() / Limits.CHARS_PER_STEP);
        } else if (value instanceof Collection<?> items) {
            steps(items.size() / Limits.ITEMS_PER_STEP);
        } else if (value instanceof Map<?, ?> map) {
            steps(map.size() / Limits.ITEMS_PER_STEP);
        }
    }

    /** Called before {@code wanted} is looked for, which at worst compares its whole length at every position. */
    void search(String text, String wanted) {
        long extra = Math.max(0, wanted.length() - Limits.SHORT_SEARCH);
        steps(text.length() / Limits.CHARS_PER_STEP + text.length() * extra / Limits.COMPARED_PER_STEP);
    }

    /** Called before a text of this many chars is built. */
    void text(long length) {
        chars += length;
        if (length > Limits.TEXT_CHARS) {
            throw new TemplateException(
                    "a text would have " + length + " chars, at most " + Limits.TEXT_CHARS + " are allowed");
        }
        if (chars > Limits.BUILT_CHARS) {
            throw new TemplateException("stopped after building " + Limits.BUILT_CHARS + " chars of text");
        }
    }

    /** Called before a list of this many items is built. */
    void items(long count) {
        if (count > Limits.RANGE_ITEMS) {
            throw new TemplateException(
                    "a list would have " + count + " items, at most " + Limits.RANGE_ITEMS + " are allowed");
        }
        steps(Math.max(0, count));
    }

    void enter() {
        step();
        if (++depth > Limits.RENDER_DEPTH) {
            throw new TemplateException("nested deeper than " + Limits.RENDER_DEPTH + "; does a macro call itself?");
        }
    }

    void leave() {
        depth--;
    }
}
