package dev.lora4j.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.tasks.SqlQuery.Aggregate;
import dev.lora4j.tasks.SqlQuery.Condition;
import dev.lora4j.tasks.SqlQuery.Operator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WikiSqlTest {
    private static final String QUESTIONS = """
            {"phase": 1, "table_id": "1-1-1", "question": "Who plays for Duke? ", "sql": {"sel": 0, "conds": [[1, 0, "Duke"]], "agg": 0}}
            {"phase": 1, "table_id": "1-1-1", "question": "Most?", "sql": {"sel": 2, "conds": [[2, 1, 3], [1, 2, "O'x"]], "agg": 1}}
            """;
    private static final String TABLES = """
            {"id": "2-2-2", "header": ["X"], "types": ["text"], "rows": []}
            {"id": "1-1-1", "header": ["Player", "Team", "Points"], "types": ["text", "text", "real"], "rows": [["Ann", "Duke", 12], ["Cy", "Elm", 9.5]]}
            """;

    @TempDir
    private Path folder;

    private Path write(String questions) throws IOException {
        Files.writeString(folder.resolve("test.tables.jsonl"), TABLES);
        return Files.writeString(folder.resolve("test.jsonl"), questions);
    }

    @Test
    void aQuestionIsAskedWithTheNamesOfItsTable() throws IOException {
        WikiSqlRows rows = WikiSql.read(write(QUESTIONS));
        assertThat(rows.prompts())
                .containsExactly(
                        new TextPrompt(
                                "table: 1-1-1\ncolumns: Player, Team, Points\nQ: Who plays for Duke?",
                                List.of("SELECT Player FROM 1-1-1 WHERE Team = 'Duke'")),
                        new TextPrompt(
                                "table: 1-1-1\ncolumns: Player, Team, Points\nQ: Most?",
                                List.of("SELECT MAX(Points) FROM 1-1-1 WHERE Points > 3 AND Team < 'O''x'")));
        assertThat(rows.examples().get(1).query())
                .isEqualTo(new SqlQuery(
                        2,
                        Aggregate.MAX,
                        List.of(
                                new Condition(2, Operator.GREATER, new SqlValue("3", true)),
                                new Condition(1, Operator.LESS, SqlValue.of("O'x")))));
        assertThat(rows.tables()).contains(folder.resolve("test.tables.jsonl"));
        assertThat(rows.ids()).containsExactly("1-1-1");
        assertThat(rows.of(List.of(rows.prompts().get(1))))
                .containsExactly(rows.examples().get(1));
    }

    @Test
    void tablesAreReadWithAllThatIsInThem() throws IOException {
        write(QUESTIONS);
        assertThat(WikiSql.tables(folder.resolve("test.tables.jsonl"), Set.of("1-1-1")))
                .containsExactly(new WikiSqlTable(
                        "1-1-1",
                        List.of("text", "text", "real"),
                        List.of(
                                List.of(SqlValue.of("Ann"), SqlValue.of("Duke"), new SqlValue("12", true)),
                                List.of(SqlValue.of("Cy"), SqlValue.of("Elm"), new SqlValue("9.5", true)))));
    }

    @Test
    void textsAloneHaveQueriesAndNoTables() throws IOException {
        WikiSqlRows rows = WikiSql.read(write("""
                {"text": "table: 1-1\\ncolumns: Engine, Power, continuous, GDP (2003, in €)\\nQ: How?\\nA: SELECT COUNT GDP (2003, in €) FROM 1-1 WHERE Power, continuous = 'O'x'"}
                """));
        TextPrompt prompt = rows.prompts().get(0);
        assertThat(prompt.prompt())
                .isEqualTo("table: 1-1\ncolumns: Engine, Power, continuous, GDP (2003, in €)\nQ: How?");
        assertThat(prompt.references())
                .containsExactly("SELECT COUNT(GDP (2003, in €)) FROM 1-1 WHERE Power, continuous = 'O''x'");
        assertThat(rows.tables()).isEmpty();
        assertThat(scores(rows, prompt.references()).values()).isEqualTo(Map.of("logical form", 1.0, "readable", 1.0));
        assertThat(scores(rows, List.of("SELECT COUNT GDP (2003, in €) FROM t WHERE Engine = 'O''x'"))
                        .main())
                .isZero();
    }

    private static TaskScores scores(WikiSqlRows rows, List<String> answers) {
        return SqlScores.of(rows.examples(), answers, Optional.empty());
    }

    @Test
    void sharesOfFormsResultsAndReadableAnswersAreCounted() throws IOException {
        WikiSqlRows rows = WikiSql.read(write(QUESTIONS.lines().findFirst().orElseThrow() + "\n"
                + QUESTIONS.lines().findFirst().orElseThrow() + "\n" + QUESTIONS));
        // a database in which players have results and nothing else can be run but the right queries
        QueryDatabase database = (table, query) -> query.column() == 0
                ? Optional.of(List.of(Optional.of("ann")))
                : query.aggregate() == Aggregate.MAX ? Optional.of(List.of(Optional.of(12L))) : Optional.empty();
        TaskScores scores = SqlScores.of(
                rows.examples(),
                List.of(
                        "select player from t where team = 'DUKE'", // the form, and so the result
                        "SELECT Player FROM t", // the result alone
                        "Ann", // no query
                        "SELECT Points FROM t"), // a query that cannot be run
                Optional.of(database));
        assertThat(scores.headline()).isEqualTo("logical form");
        assertThat(scores.values().get("logical form")).isCloseTo(0.25, within(1e-12));
        assertThat(scores.values().get("execution")).isCloseTo(0.5, within(1e-12));
        assertThat(scores.values().get("readable")).isCloseTo(0.75, within(1e-12));
        QueryDatabase broken = (table, query) -> Optional.empty();
        assertThatThrownBy(() -> SqlScores.of(rows.examples(), List.of("", "", "", ""), Optional.of(broken)))
                .hasMessageContaining(
                        "the query SELECT col0 FROM table WHERE col1 = 'Duke' of table 1-1-1 cannot be run");
        assertThatThrownBy(() -> scores(rows, List.of())).hasMessageContaining("0 answers to 4 questions");
    }

    @Test
    void theFilesAreFoundInTheFolderOrTheOneAroundIt() throws IOException {
        Path home = Files.createDirectories(folder.resolve("wikisql"));
        for (String name : List.of("train.jsonl", "dev.jsonl", "test.jsonl")) {
            Files.writeString(home.resolve(name), "");
        }
        assertThat(WikiSql.trainingFile(folder)).isEqualTo(home.resolve("train.jsonl"));
        assertThat(WikiSql.validationFile(home)).isEqualTo(home.resolve("dev.jsonl"));
        assertThat(WikiSql.testFile(folder)).isEqualTo(home.resolve("test.jsonl"));
        assertThat(WikiSql.testFile(home.resolve("dev.jsonl"))).isEqualTo(home.resolve("dev.jsonl"));
        assertThat(WikiSql.database(home.resolve("dev.jsonl"))).isEmpty();
        Files.writeString(home.resolve("dev.db"), "");
        assertThat(WikiSql.database(home.resolve("dev.jsonl"))).contains(home.resolve("dev.db"));
    }

    @Test
    void whatIsNotInTheFormIsToldWithWhatIsExpected() throws IOException {
        assertBad("", "has no rows");
        assertBad(QUESTIONS.replace("1-1-1", "3-3-3"), "has no table 3-3-3, which test.jsonl asks about");
        assertBad(QUESTIONS.replace("\"sel\": 0", "\"sel\": 3"), "\"sel\" is 3, expected a number from 0 to 2");
        assertBad(QUESTIONS.replace("\"agg\": 1", "\"agg\": 6"), "\"agg\" is 6, expected a number from 0 to 5");
        assertBad(QUESTIONS.replace("[2, 1, 3]", "[2, 4, 3]"), "an operator is 4, expected a number from 0 to 3");
        assertBad(QUESTIONS.replace("[2, 1, 3]", "[-1, 1, 3]"), "the column of a condition is -1");
        assertBad(QUESTIONS.replace("[2, 1, 3]", "[2, 1, null]"), "a value is null, expected a text or a number");
        assertBad("{\"text\": \"Who?\"}", "expected four lines that begin with table:, columns:, Q: and A:");
        assertBad(
                "{\"text\": \"table: 1\\ncolumns: A, B\\nQ: Who?\\nA: SELECT C FROM 1\"}",
                "an answer is \"SELECT C FROM 1\", expected SELECT, a column, FROM, and conditions over the columns A, B");
        Files.delete(folder.resolve("test.tables.jsonl"));
        Files.writeString(folder.resolve("test.jsonl"), QUESTIONS);
        assertThatThrownBy(() -> WikiSql.read(folder.resolve("test.jsonl")))
                .hasMessageContaining("has no tables file; expected one of [test.tables.jsonl]");
    }

    private void assertBad(String questions, String message) throws IOException {
        Path file = write(questions);
        assertThatThrownBy(() -> WikiSql.read(file)).hasMessageContaining(message);
    }

    @Test
    void tablesMustHaveAValueOfEachColumn() throws IOException {
        Path file = folder.resolve("a.tables.jsonl");
        Files.writeString(file, TABLES.replace("\"Ann\", \"Duke\", 12", "\"Ann\", \"Duke\""));
        assertThatThrownBy(() -> WikiSql.tables(file, Set.of("1-1-1")))
                .hasMessageContaining("table 1-1-1 has a row of 2 values, expected 3");
        Files.writeString(file, TABLES.replace("\"real\"", "\"date\""));
        assertThatThrownBy(() -> WikiSql.tables(file, Set.of("1-1-1")))
                .hasMessageContaining("has the type \"date\", expected text or real");
    }
}
