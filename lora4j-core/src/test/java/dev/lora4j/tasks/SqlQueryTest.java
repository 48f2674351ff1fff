package dev.lora4j.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.tasks.SqlQuery.Aggregate;
import dev.lora4j.tasks.SqlQuery.Condition;
import dev.lora4j.tasks.SqlQuery.Operator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is equal, and what a value is; expected values are worked from the official lib/query.py and lib/dbengine.py. */
class SqlQueryTest {
    private static final Condition DUKE = new Condition(2, Operator.EQUAL, SqlValue.of("Duke"));
    private static final Condition MORE = new Condition(3, Operator.GREATER, new SqlValue("12", true));

    private static SqlQuery query(Condition... conditions) {
        return new SqlQuery(1, Aggregate.MAX, List.of(conditions));
    }

    @Test
    void theOrderAndTheNumberOfEqualConditionsDoNotMatter() {
        assertThat(query(DUKE, MORE).isSameAs(query(MORE, DUKE))).isTrue();
        assertThat(query(DUKE, MORE, DUKE).isSameAs(query(DUKE, MORE))).isTrue();
        assertThat(query(DUKE).isSameAs(query(DUKE, MORE))).isFalse();
        assertThat(query().isSameAs(query())).isTrue();
    }

    @Test
    void valuesAreComparedAsTextsInSmallLetters() {
        assertThat(query(DUKE).isSameAs(query(new Condition(2, Operator.EQUAL, SqlValue.of("dUKE")))))
                .isTrue();
        assertThat(query(MORE).isSameAs(query(new Condition(3, Operator.GREATER, SqlValue.of("12")))))
                .isTrue();
        assertThat(query(MORE).isSameAs(query(new Condition(3, Operator.GREATER, new SqlValue("12.0", true)))))
                .isFalse();
        assertThat(query(DUKE).isSameAs(query(new Condition(2, Operator.EQUAL, SqlValue.of("Duke ")))))
                .isFalse();
    }

    @Test
    void columnsOperatorsAndAggregatesMustBeTheSame() {
        assertThat(query(DUKE).isSameAs(new SqlQuery(0, Aggregate.MAX, List.of(DUKE))))
                .isFalse();
        assertThat(query(DUKE).isSameAs(new SqlQuery(1, Aggregate.MIN, List.of(DUKE))))
                .isFalse();
        assertThat(query(DUKE).isSameAs(query(new Condition(1, Operator.EQUAL, SqlValue.of("Duke")))))
                .isFalse();
        assertThat(query(DUKE).isSameAs(query(new Condition(2, Operator.LESS, SqlValue.of("Duke")))))
                .isFalse();
    }

    @Test
    void itIsShownWithColumnsByNumber() {
        assertThat(query(DUKE, MORE)).hasToString("SELECT MAX(col1) FROM table WHERE col2 = 'Duke' AND col3 > 12");
        assertThat(new SqlQuery(0, Aggregate.NONE, List.of())).hasToString("SELECT col0 FROM table");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "12|12",
                " 12 |12",
                "1,234.5|1234.5",
                "-7|-7",
                "+.5|0.5",
                "5.|5",
                "1e3|1000",
                "1_000|1000",
                "12 points|12",
                "1,234 people|1", // the commas are gone in numbers alone
                "-5 m|5", // the sign belongs to numbers with a point
                "-5.5 m|-5.5",
                "rank 3 of 10|3",
                "-Infinity|-Infinity"
            })
    void aTextIsANumberWhereTheColumnHasNumbers(String text, double expected) {
        assertThat(SqlValue.of(text).real()).hasValue(expected);
    }

    @Test
    void aTextWithoutANumberIsNone() {
        assertThat(SqlValue.of("many").real()).isEmpty();
        assertThat(SqlValue.of("").real()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "375,375",
        "-4,-4",
        "243.0,243.0",
        "11616996.338225884,11616996.338225884",
        "0.0001,0.0001",
        "1e-05,1e-05",
        "1.5e16,1.5e+16",
        "0.0,0.0",
        "1e5,100000.0"
    })
    void numbersAreWrittenAsPythonWritesThem(String json, String expected) throws IOException {
        SqlValue value = SqlValue.of(new ObjectMapper().readTree(json), Path.of("a"));
        assertThat(value.text()).isEqualTo(expected);
        assertThat(value.number()).isTrue();
    }

    @Test
    void aDatabaseGetsNumbersAndTextsInSmallLetters() {
        assertThat(SqlValue.of("Duke").bound()).isEqualTo("duke");
        assertThat(SqlValue.of("12").bound()).isEqualTo("12");
        assertThat(new SqlValue("12", true).bound()).isEqualTo(12L);
        assertThat(new SqlValue("12.0", true).bound()).isEqualTo(12.0);
        assertThat(new SqlValue("123456789012345678901", true).bound()).isEqualTo(0x1.ac53a7e04bcdap66);
    }

    @Test
    void aValueIsATextOrANumber() throws IOException {
        assertThatThrownBy(() -> new SqlValue("x", true)).hasMessageContaining("the number is \"x\"");
        assertThatThrownBy(() -> SqlValue.of(new ObjectMapper().readTree("[1]"), Path.of("a.jsonl")))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("a value is [1], expected a text or a number");
    }
}
