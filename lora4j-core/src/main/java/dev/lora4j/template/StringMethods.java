package dev.lora4j.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The methods of text values. */
final class StringMethods {
    private static final Set<String> CASES = Set.of("upper", "lower", "title", "capitalize", "swapcase", "casefold");
    private static final Set<String> PREDICATES = Set.of(
            "isdigit", "isdecimal", "isnumeric", "isalpha", "isalnum", "isspace", "isupper", "islower", "isascii");
    private static final Set<String> STRIPS = Set.of("strip", "lstrip", "rstrip", "removeprefix", "removesuffix");
    private static final Set<String> SEARCHES =
            Set.of("find", "rfind", "index", "rindex", "count", "startswith", "endswith");
    private static final Set<String> PARTS = Set.of("split", "rsplit", "splitlines", "partition", "rpartition");
    private static final Set<String> BUILDERS = Set.of("replace", "join", "center", "ljust", "rjust", "zfill");

    private final Budget budget;

    StringMethods(Budget budget) {
        this.budget = budget;
    }

    /** The method bound to the text; null where there is none of that name. */
    @Nullable
    Function find(Object receiver, String name) {
        String text = Values.text(receiver);
        Function.Body body = body(text, name);
        if (body == null) {
            return null;
        }
        return new Function(name, receiver instanceof SafeText ? arguments -> safe(body.call(arguments)) : body);
    }

    private Function.@Nullable Body body(String text, String name) {
        if (CASES.contains(name)) {
            return arguments -> changeCase(text, name, arguments);
        }
        if (PREDICATES.contains(name)) {
            return arguments -> test(text, name, arguments);
        }
        if (STRIPS.contains(name)) {
            return arguments -> strip(text, name, arguments);
        }
        if (SEARCHES.contains(name)) {
            return arguments -> TextSearch.call(text, name, arguments, budget);
        }
        if (PARTS.contains(name)) {
            return arguments -> TextParts.call(text, name, arguments, budget);
        }
        if (name.equals("format")) {
            return arguments -> new BraceFormat(budget).apply(text, arguments);
        }
        return BUILDERS.contains(name) ? arguments -> TextBuilding.call(text, name, arguments, budget) : null;
    }

    private static Object safe(Object result) {
        if (result instanceof String text) {
            return new SafeText(text);
        }
        if (result instanceof List) {
            List<Object> parts = new ArrayList<>();
            Values.list(result).forEach(part -> parts.add(safe(part)));
            return parts;
        }
        return result;
    }

    private Object changeCase(String text, String name, Arguments arguments) {
        arguments.bound(name);
        budget.text(text.length());
        return switch (name) {
            case "upper" -> PythonText.upper(text);
            case "title" -> PythonText.title(text);
            case "capitalize" -> PythonText.capitalize(text);
            case "swapcase" -> PythonText.swapCase(text);
            case "casefold" -> PythonText.lower(PythonText.upper(text));
            default -> PythonText.lower(text);
        };
    }

    private static Object test(String text, String name, Arguments arguments) {
        arguments.bound(name);
        return switch (name) {
            case "isupper" -> PythonText.allCased(text, true);
            case "islower" -> PythonText.allCased(text, false);
            case "isascii" -> text.chars().allMatch(c -> c < 0x80);
            case "isspace" -> PythonText.isBlank(text, 0);
            default -> !text.isEmpty() && text.codePoints().allMatch(c -> isOf(name, c));
        };
    }

    private static boolean isOf(String name, int c) {
        return switch (name) {
            case "isalpha" -> Character.isLetter(c);
            case "isalnum" -> Character.isLetter(c) || isNumeric(c);
            case "isnumeric" -> isNumeric(c);
            default -> Character.isDigit(c);
        };
    }

    private static boolean isNumeric(int c) {
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    private Object strip(String text, String name, Arguments arguments) {
        budget.text(text.length());
        if (name.startsWith("remove")) {
            String affix = arguments.bound(name, "affix").text(0, name);
            if (name.equals("removeprefix")) {
                return text.startsWith(affix) ? text.substring(affix.length()) : text;
            }
            return text.endsWith(affix) ? text.substring(0, text.length() - affix.length()) : text;
        }
        Arguments bound = arguments.bound(name, "chars");
        boolean left = !name.equals("rstrip");
        boolean right = !name.equals("lstrip");
        if (bound.has(0)) {
            return PythonText.strip(text, bound.text(0, name), left, right);
        }
        String stripped = left ? PythonText.stripStart(text) : text;
        return right ? PythonText.stripEnd(stripped) : stripped;
    }
}
