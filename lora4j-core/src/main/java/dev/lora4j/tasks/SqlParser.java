package dev.lora4j.tasks;

import dev.lora4j.tasks.SqlQuery.Aggregate;
import dev.lora4j.tasks.SqlQuery.Condition;
import dev.lora4j.tasks.SqlQuery.Operator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Reads one query whose names may hold any words, {@code AND} and {@code =} among them.
 *
 * <p>Names are looked for longest first, and a way that leads nowhere is given up for the next. Confined to one thread.
 */
final class SqlParser {
    /** The longest text that is read; answers of models are far shorter. */
    static final int MAX_CHARS = 10_000;

    private final String text;
    private final List<Name> names;

    /** Where no conditions begin, so that no place is tried twice. */
    private final Set<Integer> barren = new HashSet<>();

    /** @param key without spaces, in small letters */
    private record Name(String key, int column) {}

    /** A column that is named in the text, and where its name ends. */
    private record Found(int column, int end) {}

    private record Literal(SqlValue value, int end) {}

    SqlParser(String text, SqlTable table) {
        String stripped = text.strip();
        this.text = stripped.endsWith(";")
                ? stripped.substring(0, stripped.length() - 1).stripTrailing()
                : stripped;
        this.names = IntStream.range(0, table.names().size())
                .mapToObj(i -> new Name(key(table.names().get(i)), i))
                .sorted(Comparator.comparingInt((Name name) -> name.key().length())
                        .reversed())
                .toList();
    }

    /** A name without what does not matter. */
    static String key(String name) {
        StringBuilder key = new StringBuilder();
        name.chars().filter(c -> !isSpace(c)).forEach(c -> key.append((char) Character.toLowerCase(c)));
        return key.toString();
    }

    Optional<SqlQuery> query() {
        int start = text.length() > MAX_CHARS ? -1 : word("SELECT", 0);
        if (start < 0) {
            return Optional.empty();
        }
        for (Aggregate aggregate : Aggregate.values()) {
            for (Found selected : selected(aggregate, start)) {
                Optional<List<Condition>> conditions = source(selected.end());
                if (conditions.isPresent()) {
                    return Optional.of(new SqlQuery(selected.column(), aggregate, conditions.get()));
                }
            }
        }
        return Optional.empty();
    }

    private List<Found> selected(Aggregate aggregate, int from) {
        if (aggregate == Aggregate.NONE) {
            return columns(from);
        }
        int start = skip(from);
        int end = start + aggregate.name().length();
        if (!text.regionMatches(
                true, start, aggregate.name(), 0, aggregate.name().length())) {
            return List.of();
        }
        int next = skip(end);
        if (next < text.length() && text.charAt(next) == '(') {
            return columns(next + 1).stream()
                    .map(each -> new Found(each.column(), skip(each.end())))
                    .filter(each -> each.end() < text.length() && text.charAt(each.end()) == ')')
                    .map(each -> new Found(each.column(), each.end() + 1))
                    .toList();
        }
        return next > end ? columns(next) : List.of();
    }

    /** All columns whose names the text goes on with, the longest name first. */
    private List<Found> columns(int from) {
        List<Found> found = new ArrayList<>();
        for (Name name : names) {
            int end = end(name.key(), from);
            if (end >= 0) {
                found.add(new Found(name.column(), end));
            }
        }
        return found;
    }

    /** Where a name ends that begins here, -1 where it does not stand. */
    private int end(String key, int from) {
        int at = from;
        for (int i = 0; i < key.length(); i++) {
            at = skip(at);
            if (at >= text.length() || Character.toLowerCase(text.charAt(at)) != key.charAt(i)) {
                return -1;
            }
            at++;
        }
        return key.isEmpty() ? -1 : at;
    }

    /** The table and the conditions after it. */
    private Optional<List<Condition>> source(int from) {
        int table = word("FROM", from);
        if (table < 0) {
            return Optional.empty();
        }
        int start = skip(table);
        int end = start;
        while (end < text.length() && !isSpace(text.charAt(end))) {
            end++;
        }
        if (end == start) {
            return Optional.empty();
        }
        if (skip(end) == text.length()) {
            return Optional.of(List.of());
        }
        int where = word("WHERE", end);
        return where < 0 ? Optional.empty() : conditions(where);
    }

    private Optional<List<Condition>> conditions(int from) {
        if (barren.contains(from)) {
            return Optional.empty();
        }
        for (Found column : columns(from)) {
            for (Operator operator : Operator.values()) {
                int symbol = skip(column.end());
                if (!text.regionMatches(
                        true, symbol, operator.symbol(), 0, operator.symbol().length())) {
                    continue;
                }
                for (Literal literal : literals(skip(symbol + operator.symbol().length()))) {
                    Optional<List<Condition>> others = others(literal.end());
                    if (others.isPresent()) {
                        List<Condition> all = new ArrayList<>();
                        all.add(new Condition(column.column(), operator, literal.value()));
                        all.addAll(others.get());
                        return Optional.of(all);
                    }
                }
            }
        }
        barren.add(from);
        return Optional.empty();
    }

    private Optional<List<Condition>> others(int from) {
        if (skip(from) == text.length()) {
            return Optional.of(List.of());
        }
        int next = word("AND", from);
        return next < 0 ? Optional.empty() : conditions(next);
    }

    /** All that may be the value here: as SQL has it first, then with quotes in it that should stand twice. */
    private List<Literal> literals(int from) {
        if (from >= text.length()) {
            return List.of();
        }
        char quote = text.charAt(from);
        if (quote != '\'' && quote != '"') {
            return bare(from);
        }
        List<Literal> literals = new ArrayList<>();
        int proper = properEnd(from + 1, quote);
        if (proper >= 0) {
            literals.add(quoted(from, proper));
        }
        for (int end = text.indexOf(quote, from + 1); end >= 0; end = text.indexOf(quote, end + 1)) {
            if (end != proper) {
                literals.add(quoted(from, end));
            }
        }
        return literals;
    }

    /** The first quote that is not one of two, -1 if there is none. */
    private int properEnd(int from, char quote) {
        for (int at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 2)) {
            if (at + 1 == text.length() || text.charAt(at + 1) != quote) {
                return at;
            }
        }
        return -1;
    }

    private Literal quoted(int from, int end) {
        String quote = text.substring(from, from + 1);
        return new Literal(SqlValue.of(text.substring(from + 1, end).replace(quote + quote, quote)), end + 1);
    }

    /** Up to each {@code AND} and up to the end; {@code >= 3} is no value after {@code >}. */
    private List<Literal> bare(int from) {
        if ("=<>!".indexOf(text.charAt(from)) >= 0) {
            return List.of();
        }
        List<Literal> literals = new ArrayList<>();
        for (int end = from + 1; end <= text.length(); end++) {
            if (end == text.length() || (isSpace(text.charAt(end)) && word("AND", end) >= 0)) {
                literals.add(new Literal(SqlValue.bare(text.substring(from, end).strip()), end));
            }
        }
        return literals;
    }

    /** Behind a word that stands here by itself, -1 where it does not. */
    private int word(String word, int from) {
        int start = skip(from);
        int end = start + word.length();
        boolean apart = start > from || from == 0 || !Character.isLetterOrDigit(text.charAt(from - 1));
        boolean whole = end >= text.length() || isSpace(text.charAt(end));
        return apart && whole && text.regionMatches(true, start, word, 0, word.length()) ? end : -1;
    }

    private int skip(int from) {
        int at = from;
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }
}
