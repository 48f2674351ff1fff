package dev.lora4j.lora;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Only some layers of a stack, as PEFT's {@code layers_to_transform} and {@code layers_pattern} say it.
 *
 * @param indices of the layers; empty for all
 * @param patterns names of the stack before the index, such as {@code layers}; empty for any
 */
public record LayerFilter(List<Integer> indices, List<String> patterns) {
    /** All layers. */
    public static final LayerFilter ALL = new LayerFilter(List.of(), List.of());

    /** Copies the lists; a pattern needs indices. */
    public LayerFilter {
        indices = List.copyOf(indices);
        patterns = List.copyOf(patterns);
        if (indices.isEmpty() && !patterns.isEmpty()) {
            throw new AdapterException("layers_pattern is " + patterns
                    + " but layers_to_transform is empty; name the layers or leave the pattern out");
        }
    }

    /** True if the module lies in one of the layers. */
    boolean match(String path) {
        if (indices.isEmpty()) {
            return true;
        }
        List<String> expressions = patterns.isEmpty()
                ? List.of(".*?\\.[^.]*\\.(\\d+)\\.")
                : patterns.stream()
                        .map(name -> ".*?\\." + name + "\\.(\\d+)\\.")
                        .toList();
        for (String expression : expressions) {
            Matcher matcher = Pattern.compile(expression).matcher(path);
            if (matcher.lookingAt()) {
                return indices.contains(Integer.parseInt(matcher.group(1)));
            }
        }
        return false;
    }
}
