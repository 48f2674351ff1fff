package dev.lora4j.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.data.Dataset;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.tasks.SqlQuery.Aggregate;
import dev.lora4j.tasks.SqlQuery.Condition;
import dev.lora4j.tasks.SqlQuery.Operator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * WikiSQL: questions about tables of Wikipedia, answered by a query (Zhong et al. 2017).
 *
 * <p>Its published form (salesforce/WikiSQL) has for each part {@code PART.jsonl}, with {@code {"question", "table_id", "sql": {"sel", "agg",
 * "conds": [[column, operator, value], …]}}}, {@code PART.tables.jsonl}, with {@code {"id", "header", "types", "rows"}}, and
 * {@code PART.db}. The other form has {@code {"text"}} alone, four lines that begin with {@code table:}, {@code columns:}, {@code Q:} and
 * {@code A:}, and no tables.
 */
public final class WikiSql {
    private static final Pattern PLAIN =
            Pattern.compile("(table: ([^\n]*)\ncolumns: ([^\n]*)\nQ: (?:[^\n]*))\nA: ?([^\n]*)\\s*");
    private static final Pattern PART = Pattern.compile("(.*)\\.jsonl(\\.gz)?");

    /** In the order of {@code Query.agg_ops} and {@code Query.cond_ops}. */
    private static final List<Aggregate> AGGREGATES = List.of(Aggregate.values());

    private static final List<Operator> OPERATORS = List.of(Operator.values());

    private WikiSql() {}

    /** The questions to learn from; {@code data} is the file, its folder, or the folder around {@code wikisql}. */
    public static Path trainingFile(Path data) {
        return file(data, "training", List.of("train.jsonl"));
    }

    /** The questions to measure the loss on while training. */
    public static Path validationFile(Path data) {
        return file(data, "validation", List.of("dev.jsonl", "valid.jsonl"));
    }

    /** The questions to ask a model. */
    public static Path testFile(Path data) {
        return file(data, "test", List.of("test.jsonl"));
    }

    private static Path file(Path data, String kind, List<String> names) {
        return TaskText.file(data, List.of("wikisql"), kind, names);
    }

    /** Rows to learn from, as a model of this tokenizer reads them. */
    public static Dataset rows(Path file, Tokenizer tokenizer, ExampleEncoder encoder, RowPolicy policy) {
        return Dataset.of(file, PromptForm.of(tokenizer).rows(read(file).prompts()), encoder, policy);
    }

    /**
     * The questions of a file of either form.
     *
     * @throws InvalidFileException if one is not as the form has it, or its table is not there
     */
    public static WikiSqlRows read(Path file) {
        List<JsonNode> rows = TaskJson.rows(file);
        if (rows.isEmpty()) {
            throw new InvalidFileException(file, "has no rows, expected one for each question");
        }
        if (rows.get(0).has("text")) {
            Map<String, SqlTable> seen = new HashMap<>();
            List<WikiSqlExample> examples = new ArrayList<>();
            for (JsonNode row : rows) {
                examples.add(plain(TaskJson.text(row, "text", file), seen, file));
            }
            return new WikiSqlRows(file, examples, Optional.empty());
        }
        Path tables = beside(file, ".tables.jsonl");
        Set<String> ids = new HashSet<>();
        rows.forEach(row -> ids.add(TaskJson.text(row, "table_id", file)));
        Map<String, SqlTable> byId = headers(tables, ids);
        List<WikiSqlExample> examples =
                rows.stream().map(row -> published(row, byId, file, tables)).toList();
        return new WikiSqlRows(file, examples, Optional.of(tables));
    }

    /** The database that is published with a file of questions, if it is there. */
    public static Optional<Path> database(Path file) {
        Path database = file.resolveSibling(part(file) + ".db");
        return Files.isRegularFile(database) ? Optional.of(database) : Optional.empty();
    }

    private static Path beside(Path file, String ending) {
        Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElseThrow();
        return TaskText.first(folder, "tables", List.of(part(file) + ending));
    }

    /** {@code dev} of {@code dev.jsonl}. */
    private static String part(Path file) {
        Matcher name = PART.matcher(String.valueOf(file.getFileName()));
        return name.matches() ? name.group(1) : String.valueOf(file.getFileName());
    }

    private static WikiSqlExample plain(String text, Map<String, SqlTable> seen, Path file) {
        Matcher parts = PLAIN.matcher(text);
        if (!parts.matches()) {
            throw new InvalidFileException(
                    file,
                    "a text is \"" + text + "\", expected four lines that begin with table:, columns:, Q: and A:");
        }
        SqlTable table = seen.computeIfAbsent(
                parts.group(2) + "\n" + parts.group(3), key -> SqlTable.ofParts(parts.group(2), parts.group(3)));
        SqlQuery query = table.query(parts.group(4))
                .orElseThrow(() -> new InvalidFileException(
                        file,
                        "an answer is \"" + parts.group(4)
                                + "\", expected SELECT, a column, FROM, and conditions over the" + " columns "
                                + parts.group(3)));
        return example(parts.group(1), table, query);
    }

    private static WikiSqlExample published(JsonNode row, Map<String, SqlTable> tables, Path file, Path tablesFile) {
        String id = TaskJson.text(row, "table_id", file);
        SqlTable table = Optional.ofNullable(tables.get(id))
                .orElseThrow(() -> new InvalidFileException(
                        tablesFile, "has no table " + id + ", which " + file.getFileName() + " asks about"));
        JsonNode sql = row.path("sql");
        List<Condition> conditions = new ArrayList<>();
        for (JsonNode each : TaskJson.list(sql, "conds", file)) {
            conditions.add(new Condition(
                    index(
                            each.path(0),
                            "the column of a condition",
                            table.names().size(),
                            file),
                    OPERATORS.get(index(each.path(1), "an operator", OPERATORS.size(), file)),
                    SqlValue.of(each.path(2), file)));
        }
        SqlQuery query = new SqlQuery(
                index(sql.path("sel"), "\"sel\"", table.names().size(), file),
                AGGREGATES.get(index(sql.path("agg"), "\"agg\"", AGGREGATES.size(), file)),
                conditions);
        return example(table.prompt(TaskJson.text(row, "question", file)), table, query);
    }

    private static WikiSqlExample example(String prompt, SqlTable table, SqlQuery query) {
        return new WikiSqlExample(new TextPrompt(prompt, List.of(table.text(query))), table, query);
    }

    private static int index(JsonNode node, String what, int limit, Path file) {
        if (!node.isInt() || node.asInt() < 0 || node.asInt() >= limit) {
            throw new InvalidFileException(file, what + " is " + node + ", expected a number from 0 to " + (limit - 1));
        }
        return node.asInt();
    }

    private static Map<String, SqlTable> headers(Path tables, Set<String> ids) {
        Map<String, SqlTable> byId = new HashMap<>();
        TaskJson.stream(tables).forEach(each -> {
            String id = TaskJson.text(each, "id", tables);
            if (ids.contains(id)) {
                List<String> header = TaskJson.list(each, "header", tables).stream()
                        .map(JsonNode::asText)
                        .toList();
                byId.put(id, SqlTable.of(id, header));
            }
        });
        return byId;
    }

    /**
     * What is in tables.
     *
     * @param tables their file
     * @param ids those that are wanted
     */
    public static List<WikiSqlTable> tables(Path tables, Set<String> ids) {
        return TaskJson.stream(tables)
                .filter(each -> ids.contains(TaskJson.text(each, "id", tables)))
                .map(each -> table(each, tables))
                .toList();
    }

    private static WikiSqlTable table(JsonNode table, Path file) {
        String id = TaskJson.text(table, "id", file);
        List<String> types = new ArrayList<>();
        for (JsonNode type : TaskJson.list(table, "types", file)) {
            if (!type.asText().equals("text") && !type.asText().equals("real")) {
                throw new InvalidFileException(
                        file, "table " + id + " has the type " + type + ", expected text or real");
            }
            types.add(type.asText());
        }
        List<List<SqlValue>> rows = new ArrayList<>();
        for (JsonNode row : TaskJson.list(table, "rows", file)) {
            if (row.size() != types.size()) {
                throw new InvalidFileException(
                        file, "table " + id + " has a row of " + row.size() + " values, expected " + types.size());
            }
            List<SqlValue> values = new ArrayList<>();
            row.forEach(value -> values.add(SqlValue.of(value, file)));
            rows.add(values);
        }
        return new WikiSqlTable(id, types, rows);
    }
}
