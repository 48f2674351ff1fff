package dev.lora4j.template;

import java.util.AbstractList;
import java.util.List;

/** Python's range, whose length {@link Limits#RANGE_ITEMS} bounds. */
record Range(long start, long stop, long step) {
    Range {
        if (step == 0) {
            throw new TemplateException("range() got a step of zero");
        }
    }

    int length() {
        double span = ((double) stop - start) / step;
        return span <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, Math.ceil(span));
    }

    List<Object> items() {
        int length = length();
        return new AbstractList<>() {
            @Override
            public Object get(int index) {
                return start + step * index;
            }

            @Override
            public int size() {
                return length;
            }
        };
    }
}
