package dev.lora4j.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.tasks.SqlQuery.Aggregate;
import dev.lora4j.tasks.SqlQuery.Condition;
import dev.lora4j.tasks.SqlQuery.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries as texts, and texts as queries. */
class SqlTableTest {
    private static final SqlTable TABLE = SqlTable.of(
            "1-10-2", List.of("Player", "No.", "School/Club Team", "MAX Points", "Points", "Rank AND Team", "From"));

    private static SqlQuery query(int column, Aggregate aggregate, Condition... conditions) {
        return new SqlQuery(column, aggregate, List.of(conditions));
    }

    private static Condition text(int column, Operator operator, String value) {
        return new Condition(column, operator, SqlValue.of(value));
    }

    private static Condition number(int column, Operator operator, String value) {
        return new Condition(column, operator, new SqlValue(value, true));
    }

    @Test
    void aQueryIsWrittenByTheNamesOfItsColumns() {
        assertThat(TABLE.text(query(0, Aggregate.NONE))).isEqualTo("SELECT Player FROM 1-10-2");
        assertThat(TABLE.text(query(
                        2,
                        Aggregate.COUNT,
                        text(0, Operator.EQUAL, "Patrick O'Bryant"),
                        number(4, Operator.GREATER, "12.5"),
                        number(4, Operator.LESS, "-3"))))
                .isEqualTo("SELECT COUNT(School/Club Team) FROM 1-10-2 WHERE Player = 'Patrick O''Bryant'"
                        + " AND Points > 12.5 AND Points < -3");
    }

    @Test
    void everyAggregateAndOperatorIsReadAgain() {
        for (Aggregate aggregate : Aggregate.values()) {
            for (Operator operator : Operator.values()) {
                SqlQuery query = query(4, aggregate, text(0, operator, "x"), number(1, operator, "7"));
                assertThat(TABLE.query(TABLE.text(query))).contains(query);
            }
        }
    }

    @Test
    void caseAndSpacesOfWordsAndNamesDoNotMatter() {
        assertThat(TABLE.query("  select  max ( points )\tfrom 1-10-2 where school / clubteam='Duke'  and no.<  5 ; "))
                .contains(query(4, Aggregate.MAX, text(2, Operator.EQUAL, "Duke"), number(1, Operator.LESS, "5")));
    }

    @Test
    void theAggregateMayStandWithoutBracketsAndTheTableMayHaveAnotherName() {
        assertThat(TABLE.query("SELECT COUNT Player FROM table")).contains(query(0, Aggregate.COUNT));
        assertThat(TABLE.query("SELECT MAX Points FROM table")).contains(query(3, Aggregate.NONE)); // a column's name
        assertThat(TABLE.query("SELECT MAX(Points) FROM table")).contains(query(4, Aggregate.MAX));
    }

    @Test
    void namesMayHoldTheWordsOfTheLanguage() {
        assertThat(TABLE.query("SELECT From FROM t WHERE Rank AND Team = 'a' AND From > 3"))
                .contains(query(6, Aggregate.NONE, text(5, Operator.EQUAL, "a"), number(6, Operator.GREATER, "3")));
    }

    @Test
    void valuesMayHaveLooseQuotesOrNone() {
        assertThat(TABLE.query("SELECT No. FROM t WHERE Player = 'Patrick O'Bryant' AND Points = 3"))
                .contains(query(
                        1,
                        Aggregate.NONE,
                        text(0, Operator.EQUAL, "Patrick O'Bryant"),
                        number(4, Operator.EQUAL, "3")));
        assertThat(TABLE.query("SELECT No. FROM t WHERE Player = Bonnie and Clyde AND Points = 3"))
                .contains(query(
                        1,
                        Aggregate.NONE,
                        text(0, Operator.EQUAL, "Bonnie and Clyde"),
                        number(4, Operator.EQUAL, "3")));
        assertThat(TABLE.query("SELECT No. FROM t WHERE Player = \"a 'b'\""))
                .contains(query(1, Aggregate.NONE, text(0, Operator.EQUAL, "a 'b'")));
    }

    @Test
    void aValueThatLooksLikeAConditionStaysAValue() {
        SqlQuery query = query(0, Aggregate.NONE, text(0, Operator.EQUAL, "a' AND Points = 'b"));
        assertThat(TABLE.query(TABLE.text(query))).contains(query);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Player",
                "SELECT",
                "SELECT Height FROM t",
                "SELECT Player",
                "SELECT Player FROM",
                "SELECT PlayerFROM t",
                "SELECT MAXPlayer FROM t",
                "SELECT MEDIAN(Player) FROM t",
                "SELECT MAX(Player FROM t",
                "SELECT Player FROM t WHERE",
                "SELECT Player FROM t WHERE Points",
                "SELECT Player FROM t WHERE Points >",
                "SELECT Player FROM t WHERE Points >= 'a' OR No. = 'b'",
                "SELECT Player FROM t WHERE Points ! 3",
                "SELECT Player FROM t WHERE Points = 'a",
                "SELECT Player FROM t WHERE Points = 'a' AND",
                "SELECT Player FROM t WHERE Points = 'a' OR No. = 3",
                "SELECT Player FROM t; DROP TABLE table_1_10_2",
                "SELECT Player FROM t WHERE No. = '' UNION SELECT sql FROM sqlite_master",
                "I do not know."
            })
    void whatIsNoQueryOfTheFormIsNone(String answer) {
        assertThat(TABLE.query(answer)).isEmpty();
    }

    @Test
    void aTextThatIsTooLongIsNone() {
        String longest = "x".repeat(SqlParser.MAX_CHARS - "SELECT No. FROM t WHERE No. = ''".length());
        assertThat(TABLE.query("SELECT No. FROM t WHERE No. = '" + longest + "'"))
                .isPresent();
        assertThat(TABLE.query("SELECT No. FROM t WHERE No. = '" + longest + "x'"))
                .isEmpty();
        assertThat(TABLE.query("SELECT No. FROM t WHERE " + "No. = ' AND ".repeat(800)))
                .isEmpty(); // in little time
    }

    @Test
    void anyQueryThatIsWrittenIsReadAgain() {
        long seed = 20261129;
        Random random = new Random(seed);
        List<Operator> operators = List.of(Operator.values());
        List<Aggregate> aggregates = List.of(Aggregate.values());
        String[] parts = {"'", "''", "\"", " AND ", " = ", "a", "Z", "5", ";", " WHERE ", "Points", ",", " "};
        for (int round = 0; round < 2000; round++) {
            List<Condition> conditions = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                StringBuilder value = new StringBuilder();
                for (int j = random.nextInt(6); j > 0; j--) {
                    value.append(parts[random.nextInt(parts.length)]);
                }
                Operator operator = operators.get(random.nextInt(operators.size()));
                int column = random.nextInt(TABLE.names().size());
                conditions.add(
                        random.nextInt(4) == 0
                                ? number(column, operator, Integer.toString(random.nextInt(99) - 50))
                                : text(column, operator, value.toString()));
            }
            SqlQuery query = new SqlQuery(
                    random.nextInt(TABLE.names().size()),
                    aggregates.get(random.nextInt(aggregates.size())),
                    conditions);
            assertThat(TABLE.query(TABLE.text(query)))
                    .as("seed %d: %s", seed, query)
                    .contains(query);
        }
    }

    @Test
    void noTwoColumnsHaveTheSameName() {
        assertThat(SqlTable.of("1", List.of("Score", "score ", "", "Score", "A  B"))
                        .names())
                .containsExactly("Score", "score (2)", "col2", "Score (3)", "A B");
    }
}
