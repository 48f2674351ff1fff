package dev.lora4j.server.finetuning;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A statement with its values, none of which is ever part of the statement's text. */
final class Query {
    private final Connection tables;
    private final StringBuilder sql = new StringBuilder();
    private final List<@Nullable Object> values = new ArrayList<>();

    private Query(Connection tables) {
        this.tables = tables;
    }

    static Query on(Connection tables) {
        return new Query(tables);
    }

    /** Adds text, and the values of its question marks; an empty Optional is NULL. */
    Query add(String text, Object... more) {
        sql.append(text).append(' ');
        for (Object value : more) {
            values.add(value instanceof Optional<?> optional ? optional.orElse(null) : value);
        }
        return this;
    }

    /** Makes a row into something. */
    @FunctionalInterface
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    <T> List<T> list(Reader<T> reader) throws SQLException {
        try (PreparedStatement statement = prepared();
                ResultSet rows = statement.executeQuery()) {
            List<T> list = new ArrayList<>();
            while (rows.next()) {
                list.add(reader.read(rows));
            }
            return list;
        }
    }

    <T> Optional<T> first(Reader<T> reader) throws SQLException {
        return list(reader).stream().findFirst();
    }

    /** A single number; 0 if there is none. */
    long number() throws SQLException {
        return first(row -> row.getLong(1)).orElse(0L);
    }

    /** Changes something; how many rows. */
    int change() throws SQLException {
        try (PreparedStatement statement = prepared()) {
            return statement.executeUpdate();
        }
    }

    private PreparedStatement prepared() throws SQLException {
        PreparedStatement statement = tables.prepareStatement(sql.toString());
        for (int i = 0; i < values.size(); i++) {
            statement.setObject(i + 1, values.get(i));
        }
        return statement;
    }

    /** A number that may be NULL. */
    static Optional<Long> optionalLong(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(value);
    }

    static Optional<Double> optionalDouble(ResultSet row, String column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? Optional.empty() : Optional.of(value);
    }

    static Optional<String> optionalText(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column));
    }
}
