package dev.lora4j.template;

import java.util.List;
import java.util.Map;

/** Python's str() and repr() of values. */
final class Repr {
    /** Finding the shortest digits of a real number takes as long as this many nodes. */
    private static final int STEPS_PER_REAL = 30;

    private final Budget budget;
    private final StringBuilder out = new StringBuilder();

    private Repr(Budget budget) {
        this.budget = budget;
    }

    /** What printing the value gives. */
    static String str(Object value, Budget budget) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof SafeText safe) {
            return safe.text();
        }
        return value instanceof Undefined ? "" : repr(value, budget);
    }

    static String repr(Object value, Budget budget) {
        Repr repr = new Repr(budget);
        repr.write(value);
        budget.text(repr.out.length());
        return repr.out.toString();
    }

    private void write(Object value) {
        budget.step();
        if (out.length() > Limits.TEXT_CHARS) {
            budget.text(out.length());
        }
        if (value instanceof List) {
            sequence("[", Values.list(value), "]");
        } else if (value instanceof Tuple tuple) {
            sequence("(", tuple.items(), tuple.items().size() == 1 ? ",)" : ")");
        } else if (value instanceof Map) {
            map(Values.map(value));
        } else if (value instanceof DictView view) {
            sequence("dict_" + view.kind() + "([", view.items(), "])");
        } else if (value instanceof SafeText safe) {
            out.append("Markup(");
            quote(safe.text());
            out.append(')');
        } else if (value instanceof String text) {
            quote(text);
        } else {
            budget.steps(value instanceof Double ? STEPS_PER_REAL : 0);
            out.append(scalar(value));
        }
    }

    private static String scalar(Object value) {
        if (value instanceof Boolean flag) {
            return flag ? "True" : "False";
        }
        if (value instanceof Double number) {
            return Numbers.format(number);
        }
        if (value instanceof Long number) {
            return Long.toString(number);
        }
        if (value == None.NONE) {
            return "None";
        }
        if (value instanceof Undefined) {
            return "Undefined";
        }
        if (value instanceof Range range) {
            String step = range.step() == 1 ? ")" : ", " + range.step() + ")";
            return "range(" + range.start() + ", " + range.stop() + step;
        }
        if (value instanceof LoopVariable loop) {
            return "<LoopContext " + loop.index() + "/" + loop.length() + ">";
        }
        return "<" + Values.typeName(value) + ">";
    }

    private void sequence(String open, List<Object> items, String close) {
        out.append(open);
        String separator = "";
        for (Object item : items) {
            out.append(separator);
            write(item);
            separator = ", ";
        }
        out.append(close);
    }

    private void map(Map<Object, Object> map) {
        out.append('{');
        String separator = "";
        for (Map.Entry<Object, Object> entry : map.entrySet()) {
            out.append(separator);
            write(entry.getKey());
            out.append(": ");
            write(entry.getValue());
            separator = ", ";
        }
        out.append('}');
    }

    private void quote(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(quote);
                    } else if (isPrintable(c)) {
                        out.appendCodePoint(c);
                    } else {
                        out.append(String.format(c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
                    }
                }
            }
        });
        out.append(quote);
    }

    private static boolean isPrintable(int c) {
        if (c == ' ') {
            return true;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }
}
