package dev.lora4j.cli;

import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.tasks.QueryDatabase;
import dev.lora4j.tasks.SqlQuery;
import dev.lora4j.tasks.SqlQuery.Condition;
import dev.lora4j.tasks.SqlQuery.Operator;
import dev.lora4j.tasks.SqlValue;
import dev.lora4j.tasks.WikiSql;
import dev.lora4j.tasks.WikiSqlRows;
import dev.lora4j.tasks.WikiSqlTable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.sqlite.SQLiteConfig;

/**
 * WikiSQL's tables in SQLite: the published database, or one in memory with the same tables and columns.
 *
 * <p>Nothing of a model is ever part of a statement: its words are aggregates, operators and column numbers that we write ourselves, and its
 * values are parameters. Confined to one thread; owns its connection.
 */
final class SqliteTables implements QueryDatabase, AutoCloseable {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]+");

    private final Path file;
    private final Connection connection;
    private final Map<String, List<String>> types = new HashMap<>();

    private SqliteTables(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /**
     * The tables of a file of questions, of the published form.
     *
     * @throws InvalidFileException if they cannot be had
     */
    static SqliteTables of(WikiSqlRows rows) {
        Optional<Path> published = WikiSql.database(rows.file());
        if (published.isPresent()) {
            return new SqliteTables(
                    published.get(),
                    open(published.get(), published.get().toAbsolutePath().toString()));
        }
        Path file = rows.tables().orElseThrow();
        List<WikiSqlTable> tables = WikiSql.tables(file, rows.ids());
        SqliteTables database = new SqliteTables(file, open(file, ":memory:"));
        try {
            database.fill(tables);
        } catch (SQLException e) {
            database.close();
            throw new InvalidFileException(file, "cannot be made a database: " + e.getMessage(), e);
        }
        return database;
    }

    private static Connection open(Path file, String place) {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(!place.equals(":memory:"));
        try {
            return config.createConnection("jdbc:sqlite:" + place);
        } catch (SQLException e) {
            throw new InvalidFileException(file, "cannot be opened as a database: " + e.getMessage(), e);
        }
    }

    /** Texts are in small letters, as those of conditions are, or none would be found. */
    private void fill(List<WikiSqlTable> tables) throws SQLException {
        connection.setAutoCommit(false);
        for (WikiSqlTable table : tables) {
            String name = name(table.id());
            String columns = IntStream.range(0, table.types().size())
                    .mapToObj(i -> "col" + i + " " + table.types().get(i))
                    .collect(Collectors.joining(", "));
            run("CREATE TABLE " + name + " (" + columns + ")");
            String places = String.join(", ", Collections.nCopies(table.types().size(), "?"));
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO " + name + " VALUES (" + places + ")")) {
                for (List<SqlValue> row : table.rows()) {
                    for (int i = 0; i < row.size(); i++) {
                        insert.setObject(i + 1, row.get(i).bound());
                    }
                    insert.executeUpdate();
                }
            }
        }
        connection.commit();
    }

    private void run(String statement) throws SQLException {
        try (PreparedStatement prepared = connection.prepareStatement(statement)) {
            prepared.executeUpdate();
        }
    }

    /** {@code table_1_10015132_11} of {@code 1-10015132-11}. */
    private String name(String id) {
        String name = id.startsWith("table") ? id : "table_" + id.replace('-', '_');
        if (!NAME.matcher(name).matches()) {
            throw new InvalidFileException(
                    file, "a table is called \"" + id + "\", expected letters, digits and dashes");
        }
        return name;
    }

    /**
     * As {@code DBEngine.execute} of salesforce/WikiSQL's lib/dbengine.py: texts of conditions in small letters, of columns of numbers as
     * {@linkplain SqlValue#real numbers}; two conditions over one column both get the value of the last.
     */
    @Override
    public Optional<List<Optional<Object>>> result(String table, SqlQuery query) {
        List<String> columns = types(table);
        Map<Integer, Object> values = new HashMap<>();
        List<String> where = new ArrayList<>();
        for (Condition each : query.conditions()) {
            if (each.operator() == Operator.OTHER || each.column() >= columns.size()) {
                return Optional.empty();
            }
            Optional<Object> value = bound(each.value(), columns.get(each.column()));
            if (value.isEmpty()) {
                return Optional.empty();
            }
            values.put(each.column(), value.get());
            where.add("col" + each.column() + " " + each.operator().symbol() + " ?");
        }
        if (query.column() >= columns.size()) {
            return Optional.empty();
        }
        String statement = "SELECT " + query.aggregate().of("col" + query.column()) + " FROM " + name(table)
                + (where.isEmpty() ? "" : " WHERE " + String.join(" AND ", where));
        try (PreparedStatement select = connection.prepareStatement(statement)) {
            for (int i = 0; i < where.size(); i++) {
                select.setObject(i + 1, values.get(query.conditions().get(i).column()));
            }
            return Optional.of(values(select));
        } catch (SQLException e) {
            return Optional.empty(); // such as a sum that is too large; a query that should run is told by its caller
        }
    }

    private static Optional<Object> bound(SqlValue value, String type) {
        if (value.number() || !type.equals("real")) {
            return Optional.of(value.bound());
        }
        OptionalDouble number = value.real();
        return number.isPresent() ? Optional.of(number.getAsDouble()) : Optional.empty();
    }

    private static List<Optional<Object>> values(PreparedStatement select) throws SQLException {
        List<Optional<Object>> values = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                values.add(Optional.ofNullable(rows.getObject(1)).map(SqliteTables::plain));
            }
        }
        return values;
    }

    /** A number in one form alone, so that 1 equals 1.0, as in Python. */
    private static Object plain(Object value) {
        if (value instanceof Integer whole) {
            return whole.longValue();
        }
        if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 0x1p63) {
            return number.longValue();
        }
        return value;
    }

    /** The types of a table's columns, in their order. */
    private List<String> types(String table) {
        return types.computeIfAbsent(name(table), name -> {
            List<String> found = new ArrayList<>();
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT lower(type) FROM pragma_table_info(?) ORDER BY cid")) {
                select.setString(1, name);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        found.add(String.valueOf(rows.getString(1)));
                    }
                }
            } catch (SQLException e) {
                throw new InvalidFileException(file, "cannot be read as a database: " + e.getMessage(), e);
            }
            if (found.isEmpty()) {
                throw new InvalidFileException(file, "has no table " + name + ", which a question is about");
            }
            return found;
        });
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("the database " + file + " was not closed", e);
        }
    }
}
