package dev.lora4j.template;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Filters that make text from text. */
final class TextFilters {
    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern TITLE_BREAK = Pattern.compile("[-\\s({\\[<]+", Pattern.UNICODE_CHARACTER_CLASS);

    private final Budget budget;
    private final StringMethods methods;
    private final PythonFormat format;

    TextFilters(Budget budget) {
        this.budget = budget;
        this.methods = new StringMethods(budget);
        this.format = new PythonFormat(budget);
    }

    void register(Map<String, Filters.Body> filters) {
        for (String method : List.of("upper", "lower", "capitalize", "trim", "center")) {
            filters.put(method, (input, arguments) -> method(method, input, arguments));
        }
        filters.put("title", (input, arguments) -> title(input));
        filters.put("string", (input, arguments) -> soft(input));
        filters.put("safe", (input, arguments) -> new SafeText(Repr.str(input, budget)));
        filters.put("e", (input, arguments) -> escape(input));
        filters.put("escape", (input, arguments) -> escape(input));
        filters.put("forceescape", (input, arguments) -> new SafeText(SafeText.escape(Repr.str(input, budget))));
        filters.put("replace", this::replace);
        filters.put("indent", this::indent);
        filters.put("truncate", this::truncate);
        filters.put(
                "wordcount",
                (input, arguments) ->
                        WORD.matcher(Values.text(soft(input))).results().count());
        filters.put(
                "format",
                (input, arguments) -> format.apply(
                        soft(input),
                        arguments.named().isEmpty() ? new Tuple(arguments.positional()) : namedOnly(arguments)));
    }

    private static Object namedOnly(Arguments arguments) {
        if (!arguments.positional().isEmpty()) {
            throw new TemplateException("format takes positional or named arguments, not both");
        }
        return Map.copyOf(arguments.named());
    }

    /** markupsafe's soft_str: marked text stays marked. */
    private Object soft(Object input) {
        return Values.isText(input) ? input : Repr.str(input, budget);
    }

    private Object method(String filter, Object input, Arguments arguments) {
        Arguments bound = switch (filter) {
            case "trim" -> arguments.bound(filter, "chars");
            case "center" ->
                new Arguments(List.of(arguments.bound(filter, "width").get(0, 80L)), Map.of());
            default -> arguments.bound(filter);
        };
        Function function = methods.find(soft(input), filter.equals("trim") ? "strip" : filter);
        return Objects.requireNonNull(function).body().call(bound);
    }

    private Object title(Object input) {
        String text = Values.text(soft(input));
        StringBuilder out = new StringBuilder(text.length());
        Matcher breaks = TITLE_BREAK.matcher(text);
        int start = 0;
        while (breaks.find()) {
            appendWord(out, text.substring(start, breaks.start()));
            out.append(breaks.group());
            start = breaks.end();
        }
        appendWord(out, text.substring(start));
        budget.text(out.length());
        return out.toString();
    }

    private static void appendWord(StringBuilder out, String word) {
        if (!word.isEmpty()) {
            int first = Character.charCount(word.codePointAt(0));
            out.append(PythonText.upper(word.substring(0, first))).append(PythonText.lower(word.substring(first)));
        }
    }

    private Object escape(Object input) {
        if (input instanceof SafeText) {
            return input;
        }
        String escaped = SafeText.escape(Repr.str(input, budget));
        budget.text(escaped.length());
        return new SafeText(escaped);
    }

    private Object replace(Object input, Arguments arguments) {
        Arguments bound = arguments.bound("replace", "old", "new", "count");
        String old = Repr.str(bound.required(0, "replace"), budget);
        String replacement = Repr.str(bound.required(1, "replace"), budget);
        long count = bound.has(2) ? bound.integer(2, -1, "replace") : -1;
        return TextBuilding.replace(Repr.str(input, budget), old, replacement, count, budget);
    }

    private Object indent(Object input, Arguments arguments) {
        Arguments bound = arguments.bound("indent", "width", "first", "blank");
        Object width = bound.get(0, 4L);
        String indent = Values.isText(width) ? Values.text(width) : spaces(bound.integer(0, 4, "indent"));
        if (!Values.isText(input)) {
            throw new TemplateException("indent expected a text, found " + Values.typeName(input));
        }
        budget.steps(PythonText.countLines(Values.text(input)));
        boolean blank = bound.flag(2, false);
        StringBuilder out = new StringBuilder(bound.flag(1, false) ? indent : "");
        List<String> lines = PythonText.lines(Values.text(input) + "\n", false);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            out.append(i == 0 ? "" : "\n")
                    .append(i > 0 && (blank || !line.isEmpty()) ? indent : "")
                    .append(line);
            if (out.length() > Limits.TEXT_CHARS) {
                break;
            }
        }
        budget.text(out.length());
        return input instanceof SafeText ? new SafeText(out.toString()) : out.toString();
    }

    private String spaces(long width) {
        long count = Math.max(0, width);
        budget.text(count);
        return " ".repeat((int) count);
    }

    private Object truncate(Object input, Arguments arguments) {
        Arguments bound = arguments.bound("truncate", "length", "killwords", "end", "leeway");
        String end = bound.has(2) ? bound.text(2, "truncate") : "...";
        long length = bound.integer(0, 255, "truncate");
        long leeway = bound.has(3) ? bound.integer(3, 5, "truncate") : 5;
        long keep = length - Values.length(end);
        if (keep < 0 || leeway < 0) {
            throw new TemplateException(
                    "truncate needs a length of at least that of its end, and a leeway of 0 or more");
        }
        if (Values.length(input) <= length + leeway) {
            return input;
        }
        String kept = Values.text(Slices.slice(input, None.NONE, keep, None.NONE, budget));
        int space = bound.flag(1, false) ? -1 : kept.lastIndexOf(' ');
        return (space < 0 ? kept : kept.substring(0, space)) + end;
    }
}
