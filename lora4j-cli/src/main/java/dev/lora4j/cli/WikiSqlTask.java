package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.tasks.SqlScores;
import dev.lora4j.tasks.TaskScores;
import dev.lora4j.tasks.TextPrompt;
import dev.lora4j.tasks.WikiSql;
import dev.lora4j.tasks.WikiSqlExample;
import dev.lora4j.tasks.WikiSqlRows;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Questions about tables as queries, scored by their parts and results. */
record WikiSqlTask() implements TextTask {
    @Override
    public String title() {
        return "WikiSQL";
    }

    @Override
    public List<String> scores() {
        return SqlScores.names();
    }

    @Override
    public List<String> columns() {
        return List.of(SqlScores.LOGICAL_FORM, SqlScores.EXECUTION);
    }

    @Override
    public Path trainingFile(Path data) {
        return WikiSql.trainingFile(data);
    }

    @Override
    public Path validationFile(Path data) {
        return WikiSql.validationFile(data);
    }

    @Override
    public Dataset rows(Path file, Tokenizer tokenizer, ExampleEncoder encoder, RowPolicy badRows) {
        return WikiSql.rows(file, tokenizer, encoder, badRows);
    }

    @Override
    public List<TextPrompt> test(Path data) {
        return WikiSql.read(WikiSql.testFile(data)).prompts();
    }

    @Override
    public TaskScores score(Path data, List<TextPrompt> prompts, List<String> answers) {
        WikiSqlRows rows = WikiSql.read(WikiSql.testFile(data));
        List<WikiSqlExample> examples = rows.of(prompts);
        if (rows.tables().isEmpty()) {
            return SqlScores.of(examples, answers, Optional.empty());
        }
        try (SqliteTables tables = SqliteTables.of(rows)) {
            return SqlScores.of(examples, answers, Optional.of(tables));
        }
    }
}
