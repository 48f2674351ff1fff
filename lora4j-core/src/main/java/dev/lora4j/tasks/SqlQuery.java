package dev.lora4j.tasks;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A query of WikiSQL: one column of one table, where all conditions hold.
 *
 * <p>{@code sel}, {@code agg} and {@code conds} of {@code Query} in salesforce/WikiSQL's lib/query.py.
 *
 * @param column the one that is selected, from 0 on
 */
public record SqlQuery(int column, Aggregate aggregate, List<Condition> conditions) {
    /** Copies the list. */
    public SqlQuery {
        conditions = List.copyOf(conditions);
    }

    /** What is made of the values, in the order of {@code Query.agg_ops}. */
    public enum Aggregate {
        /** The values themselves. */
        NONE,
        /** The highest. */
        MAX,
        /** The lowest. */
        MIN,
        /** How many there are. */
        COUNT,
        /** Their sum. */
        SUM,
        /** Their mean. */
        AVG;

        /** The expression of a column, as SQL has it. */
        public String of(String column) {
            return this == NONE ? column : name() + "(" + column + ")";
        }
    }

    /** How values are compared, in the order of {@code Query.cond_ops}. */
    public enum Operator {
        /** Equal. */
        EQUAL("="),
        /** Greater. */
        GREATER(">"),
        /** Less. */
        LESS("<"),
        /** Stands in the list alone; no database knows it. */
        OTHER("OP");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        /** As it is written. */
        public String symbol() {
            return symbol;
        }
    }

    /**
     * What must hold of a row.
     *
     * @param column from 0 on
     */
    public record Condition(int column, Operator operator, SqlValue value) {}

    /**
     * Whether both are the same logical form.
     *
     * <p>As {@code Query.__eq__} of lib/query.py: column and aggregate are equal, and so are the conditions as sets, their values as texts
     * in small letters.
     */
    public boolean isSameAs(SqlQuery other) {
        return column == other.column
                && aggregate == other.aggregate
                && compared().equals(other.compared());
    }

    private Set<Condition> compared() {
        return conditions.stream()
                .map(each -> new Condition(
                        each.column(), each.operator(), SqlValue.of(each.value().compared())))
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** As the official code shows it, with {@code col0} for the first column. */
    @Override
    public String toString() {
        String where = conditions.stream()
                .map(each -> String.format(
                        Locale.ROOT,
                        "col%d %s %s",
                        each.column(),
                        each.operator().symbol(),
                        each.value().written()))
                .collect(Collectors.joining(" AND "));
        return "SELECT " + aggregate.of("col" + column) + " FROM table" + (where.isEmpty() ? "" : " WHERE " + where);
    }
}
