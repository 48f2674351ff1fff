package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.tasks.SqlQuery;
import dev.lora4j.tasks.SqlQuery.Aggregate;
import dev.lora4j.tasks.SqlQuery.Condition;
import dev.lora4j.tasks.SqlQuery.Operator;
import dev.lora4j.tasks.SqlValue;
import dev.lora4j.tasks.WikiSql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results over a table of four rows that can be worked by hand. */
class SqliteTablesTest {
    private static final int PLAYER = 0;
    private static final int NUMBER = 1; // a column of texts
    private static final int TEAM = 2;
    private static final int POINTS = 3; // the column of numbers: 12, 9.5, 1200, -3

    @TempDir
    private Path folder;

    private Path home = Path.of("");
    private SqliteTables tables;

    @BeforeEach
    void open() throws IOException {
        home = WikiSqlFiles.write(folder);
        tables = SqliteTables.of(WikiSql.read(WikiSql.testFile(home)));
    }

    @AfterEach
    void close() {
        tables.close();
    }

    private static Condition text(int column, Operator operator, String value) {
        return new Condition(column, operator, SqlValue.of(value));
    }

    private static Condition number(int column, Operator operator, String value) {
        return new Condition(column, operator, new SqlValue(value, true));
    }

    private Optional<List<Optional<Object>>> result(int column, Aggregate aggregate, Condition... conditions) {
        return tables.result("1-1-1", new SqlQuery(column, aggregate, List.of(conditions)));
    }

    private void assertPlayers(Condition condition, String... players) {
        assertThat(result(PLAYER, Aggregate.NONE, condition).orElseThrow())
                .containsExactlyElementsOf(Arrays.stream(players)
                        .map(each -> Optional.<Object>of(each))
                        .toList());
    }

    private void assertOne(Aggregate aggregate, Object expected, Condition... conditions) {
        assertThat(result(POINTS, aggregate, conditions)).contains(List.of(Optional.of(expected)));
    }

    @Test
    void everyAggregateIsComputed() {
        Condition duke = text(TEAM, Operator.EQUAL, "Duke");
        assertThat(result(POINTS, Aggregate.NONE, duke)).contains(List.of(Optional.of(12L), Optional.of(9.5)));
        assertOne(Aggregate.MAX, 1200L);
        assertOne(Aggregate.MIN, -3L);
        assertOne(Aggregate.COUNT, 2L, duke);
        assertOne(Aggregate.SUM, 21.5, duke);
        assertOne(Aggregate.AVG, 10.75, duke);
        assertThat(result(POINTS, Aggregate.MAX, text(TEAM, Operator.EQUAL, "none")))
                .contains(List.of(Optional.empty())); // null
    }

    @Test
    void everyOperatorComparesNumbersAndTexts() {
        assertPlayers(number(POINTS, Operator.EQUAL, "12"), "ann bee");
        assertPlayers(number(POINTS, Operator.GREATER, "9.5"), "ann bee", "eve o'fee");
        assertPlayers(number(POINTS, Operator.LESS, "0"), "gus hay");
        assertPlayers(text(TEAM, Operator.GREATER, "Duke"), "gus hay");
        assertPlayers(text(TEAM, Operator.LESS, "C"), "eve o'fee");
        assertThat(result(PLAYER, Aggregate.NONE, text(TEAM, Operator.OTHER, "Duke")))
                .isEmpty();
    }

    @Test
    void caseOfTextsDoesNotMatter() {
        assertPlayers(text(TEAM, Operator.EQUAL, "dUKE"), "ann bee", "cy dee");
        assertPlayers(text(PLAYER, Operator.EQUAL, "EVE O'FEE"), "eve o'fee");
    }

    /** The rules of DBEngine.execute. */
    @Test
    void columnsOfNumbersReadNumbersInTexts() {
        assertPlayers(text(POINTS, Operator.EQUAL, "1,200"), "eve o'fee");
        assertPlayers(text(POINTS, Operator.EQUAL, "12.0"), "ann bee");
        assertPlayers(text(POINTS, Operator.LESS, "10 points"), "cy dee", "gus hay");
        assertThat(result(PLAYER, Aggregate.NONE, text(POINTS, Operator.GREATER, "many")))
                .isEmpty();
    }

    @Test
    void columnsOfTextsCompareNumbersAsTexts() {
        assertPlayers(number(NUMBER, Operator.EQUAL, "21"), "ann bee");
        assertPlayers(number(NUMBER, Operator.EQUAL, "21.0"));
        assertPlayers(text(NUMBER, Operator.EQUAL, "32, 44"), "eve o'fee");
    }

    /** Parameters are called by their column there, so each column has one value. */
    @Test
    void twoConditionsOverOneColumnGetTheLastValueAsInTheOfficialCode() {
        assertThat(result(
                        PLAYER,
                        Aggregate.NONE,
                        number(POINTS, Operator.GREATER, "0"),
                        number(POINTS, Operator.LESS, "10")))
                .contains(List.of());
    }

    @Test
    void aColumnThatIsNotThereCannotBeAsked() {
        assertThat(result(4, Aggregate.NONE)).isEmpty();
        assertThat(result(0, Aggregate.NONE, text(4, Operator.EQUAL, "x"))).isEmpty();
    }

    @Test
    void valuesAreNeverPartOfTheStatement() {
        assertPlayers(text(TEAM, Operator.EQUAL, "x' OR '1'='1"));
        assertPlayers(text(TEAM, Operator.EQUAL, "x'; DROP TABLE table_1_1_1; --"));
        assertPlayers(text(TEAM, Operator.EQUAL, "Elm"), "gus hay");
    }

    @Test
    void aTablesNameMayHoldNoStatement() {
        SqlQuery query = new SqlQuery(0, Aggregate.NONE, List.of());
        assertThatThrownBy(() -> tables.result("1; DROP TABLE table_1_1_1", query))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("expected letters, digits and dashes");
        assertThatThrownBy(() -> tables.result("2-2-2", query)).hasMessageContaining("has no table table_2_2_2");
    }

    @Test
    void thePublishedDatabaseIsReadWhereItIsThere() throws IOException, SQLException {
        Path file = home.resolve("dev.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(
                    "CREATE TABLE \"table_1_1_1\" (\"col0\" text, \"col1\" text, \"col2\" text, \"col3\" real)");
            statement.executeUpdate("INSERT INTO table_1_1_1 VALUES ('zoe', '7', 'oak', 5)");
        }
        byte[] before = Files.readAllBytes(file);
        try (SqliteTables published = SqliteTables.of(WikiSql.read(home.resolve("dev.jsonl")))) {
            assertThat(published.result("1-1-1", new SqlQuery(POINTS, Aggregate.SUM, List.of())))
                    .contains(List.of(Optional.of(5L)));
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(home).isDirectoryNotContaining("glob:**dev.db-*");
    }

    @Test
    void aFileThatIsNoDatabaseIsToldByItsName() throws IOException {
        Files.writeString(home.resolve("dev.db"), "not a database, but long enough to be looked at as one ".repeat(99));
        assertThatThrownBy(() -> {
                    try (SqliteTables broken = SqliteTables.of(WikiSql.read(home.resolve("dev.jsonl")))) {
                        broken.result("1-1-1", new SqlQuery(0, Aggregate.NONE, List.of()));
                    }
                })
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("dev.db: cannot be")
                .hasMessageContaining("as a database");
    }
}
