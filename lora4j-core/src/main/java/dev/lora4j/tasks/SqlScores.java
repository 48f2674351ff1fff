package dev.lora4j.tasks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How many answers of WikiSQL are right, as shares.
 *
 * <p>As salesforce/WikiSQL's evaluate.py: {@code lf_accuracy} is the share of the same {@linkplain SqlQuery#isSameAs logical forms},
 * {@code ex_accuracy} that of equal results, row by row in their order. An answer that is no query, or cannot be run, is wrong.
 */
public final class SqlScores {
    /** The score of logical forms. */
    public static final String LOGICAL_FORM = "logical form";

    /** The score of results. */
    public static final String EXECUTION = "execution";

    /** The share of answers that are queries of the form that is taught. */
    public static final String READABLE = "readable";

    private SqlScores() {}

    /** All names, the headline first. */
    public static List<String> names() {
        return List.of(LOGICAL_FORM, EXECUTION, READABLE);
    }

    /**
     * The scores of an answer to each question.
     *
     * @param database with the tables; without one there is no score of results
     */
    public static TaskScores of(
            List<WikiSqlExample> examples, List<String> answers, Optional<? extends QueryDatabase> database) {
        if (examples.isEmpty() || examples.size() != answers.size()) {
            throw new IllegalArgumentException("there are " + answers.size() + " answers to " + examples.size()
                    + " questions; expected one to each, and one question at least");
        }
        int same = 0;
        int equal = 0;
        int readable = 0;
        for (int i = 0; i < answers.size(); i++) {
            WikiSqlExample example = examples.get(i);
            Optional<SqlQuery> answer = example.table().query(answers.get(i));
            readable += answer.isPresent() ? 1 : 0;
            same += answer.isPresent() && answer.get().isSameAs(example.query()) ? 1 : 0;
            equal += database.isPresent() && hasEqualResult(example, answer, database.get()) ? 1 : 0;
        }
        double all = answers.size();
        Map<String, Double> values = new LinkedHashMap<>();
        values.put(LOGICAL_FORM, same / all);
        if (database.isPresent()) {
            values.put(EXECUTION, equal / all);
        }
        values.put(READABLE, readable / all);
        return new TaskScores(values, LOGICAL_FORM);
    }

    private static boolean hasEqualResult(WikiSqlExample example, Optional<SqlQuery> answer, QueryDatabase database) {
        String table = example.table().id();
        List<Optional<Object>> expected = database.result(table, example.query())
                .orElseThrow(() -> new IllegalArgumentException("the query " + example.query() + " of table " + table
                        + " cannot be run; expected one that the table answers"));
        return answer.flatMap(query -> database.result(table, query))
                .map(expected::equals)
                .orElse(false);
    }
}
