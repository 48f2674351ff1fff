package dev.lora4j.tasks;

/**
 * A question of WikiSQL.
 *
 * @param prompt what a model is asked, with the query as text
 * @param table that is asked about
 * @param query the right one
 */
public record WikiSqlExample(TextPrompt prompt, SqlTable table, SqlQuery query) {}
