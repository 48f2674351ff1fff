package dev.lora4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The snippets of a document, and of the sources that it shows. */
final class Explanation {
    private static final Pattern BEGIN = Pattern.compile("\\s*(?:begin\\(\"(.+)\"\\);|// snippet: (.+))");

    private Explanation() {}

    /**
     * A snippet.
     *
     * @param output what it prints; empty for nothing
     */
    record Snippet(String code, String output) {}

    /** Some lines of a source, by the name that it gives them. */
    record Region(String name, String code) {
        Snippet with(Map<String, String> printed) {
            return new Snippet(code, printed.getOrDefault(name, ""));
        }
    }

    /** The blocks of Java of a document, each with the plain block between it and the next. */
    static List<Snippet> ofDocument(List<String> lines) {
        List<Snippet> snippets = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("```")) {
                boolean java = lines.get(i).equals("```java");
                int end = find("```", lines, i + 1);
                String content = String.join("\n", lines.subList(i + 1, end));
                String code =
                        java ? content : snippets.remove(snippets.size() - 1).code();
                snippets.add(new Snippet(code, java ? "" : content));
                i = end;
            }
        }
        return snippets;
    }

    /** What stands between {@code begin} or {@code // snippet:} and {@code // end}, without its indent. */
    static List<Region> ofSource(List<String> lines) {
        List<Region> regions = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher begin = BEGIN.matcher(lines.get(i));
            if (begin.matches()) {
                int end = find("// end", lines, i + 1);
                String name = begin.group(1) == null ? begin.group(2) : begin.group(1);
                String code = String.join("\n", lines.subList(i + 1, end));
                regions.add(new Region(name, code.stripIndent()));
                i = end;
            }
        }
        return regions;
    }

    private static int find(String line, List<String> lines, int from) {
        for (int i = from; i < lines.size(); i++) {
            if (lines.get(i).strip().equals(line)) {
                return i;
            }
        }
        throw new IllegalArgumentException("line " + from + " begins a snippet that does not end");
    }
}
