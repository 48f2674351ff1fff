package dev.lora4j.lora;

import java.util.List;
import java.util.regex.Pattern;

/** Which modules are meant, as PEFT's {@code target_modules} and {@code exclude_modules} say it. */
public sealed interface Targets {
    /** True if the module at this path is meant. */
    boolean match(String path);

    /** Modules whose path is one of the names or ends in a dot and one of them. */
    record Suffixes(List<String> names) implements Targets {
        /** Copies the list; it must not be empty. */
        public Suffixes {
            names = List.copyOf(names);
            if (names.isEmpty()) {
                throw new AdapterException("no target is named; expected module names such as q_proj, v_proj");
            }
        }

        @Override
        public boolean match(String path) {
            return names.stream().anyMatch(name -> matches(path, name));
        }

        static boolean matches(String path, String name) {
            return path.equals(name) || path.endsWith("." + name);
        }
    }

    /** Modules whose whole path a regular expression matches. */
    record Expression(Pattern pattern) implements Targets {
        @Override
        public boolean match(String path) {
            return pattern.matcher(path).matches();
        }
    }

    /** Every linear layer but the head. */
    record AllLinear() implements Targets {
        @Override
        public boolean match(String path) {
            return !HEADS.contains(path);
        }

        private static final List<String> HEADS = List.of("lm_head", "classifier", "score");
    }

    /** Modules by their names or the ends of their paths. */
    static Targets named(String... names) {
        return new Suffixes(List.of(names));
    }

    /** Modules by a regular expression over their whole path, or {@code all-linear}. */
    static Targets expression(String expression) {
        if (expression.equalsIgnoreCase("all-linear")) {
            return new AllLinear();
        }
        try {
            return new Expression(Pattern.compile(expression));
        } catch (java.util.regex.PatternSyntaxException e) {
            throw new AdapterException("target pattern \"" + expression + "\" is not a regular expression: "
                    + e.getDescription() + " at position " + e.getIndex());
        }
    }
}
