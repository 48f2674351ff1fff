package dev.lora4j.tasks;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A table as a model sees it: what it is called, and its columns. Queries of it are written and read by these names.
 *
 * @param names of the columns, from the first on
 */
public record SqlTable(String id, List<String> names) {
    /** Copies the list. */
    public SqlTable {
        names = List.copyOf(names);
    }

    /**
     * A table with this header; no two of the names are the same but for case and spaces.
     *
     * <p>A name that has occurred gets a number, {@code Score (2)}, as a query could not say which is meant; one without a char is called as
     * in the database, {@code col2}.
     */
    static SqlTable of(String id, List<String> header) {
        List<String> names = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String each : header) {
            String plain = each.strip().replaceAll("\\s+", " ");
            String base = plain.isEmpty() ? "col" + names.size() : plain;
            String name = base;
            for (int number = 2; !seen.add(SqlParser.key(name)); number++) {
                name = base + " (" + number + ")";
            }
            names.add(name);
        }
        return new SqlTable(id, names);
    }

    /**
     * A table whose header is known as one text alone, divided by commas.
     *
     * <p>As a name may have commas in it, any run of parts can be one. All of them are names, the parts first.
     */
    static SqlTable ofParts(String id, String header) {
        List<String> parts = List.of(header.split(", ", -1));
        List<String> names = new ArrayList<>();
        for (int length = 1; length <= parts.size(); length++) {
            for (int from = 0; from + length <= parts.size(); from++) {
                names.add(String.join(", ", parts.subList(from, from + length)));
            }
        }
        return new SqlTable(id, names);
    }

    /** What a model is asked. */
    String prompt(String question) {
        return "table: " + id + "\ncolumns: " + String.join(", ", names) + "\nQ: " + question.strip();
    }

    /** A query as a model is taught it: {@code SELECT MAX(Year) FROM 1-10 WHERE Team = 'Duke' AND Wins > 3}. */
    public String text(SqlQuery query) {
        String where = query.conditions().stream()
                .map(each -> names.get(each.column()) + " " + each.operator().symbol() + " "
                        + each.value().written())
                .collect(Collectors.joining(" AND "));
        String select = query.aggregate().of(names.get(query.column()));
        return "SELECT " + select + " FROM " + id + (where.isEmpty() ? "" : " WHERE " + where);
    }

    /**
     * The query that a text in that form says.
     *
     * <p>Case and spaces of words and names do not matter, as in {@code Query.from_sequence} of salesforce/WikiSQL's lib/query.py. The
     * aggregate may stand without brackets, quotes in a value may stand once, a value may have none, and the table may be called
     * anything, since the official queries do not name it.
     *
     * @return none if it is no such query
     */
    public Optional<SqlQuery> query(String text) {
        return new SqlParser(text, this).query();
    }
}
