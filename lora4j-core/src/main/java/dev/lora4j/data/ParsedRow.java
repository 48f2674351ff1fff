package dev.lora4j.data;

/** A row with what its columns say it is. */
record ParsedRow(RowKind kind, Row row) {}
