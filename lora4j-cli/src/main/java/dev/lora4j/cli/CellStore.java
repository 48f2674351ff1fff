package dev.lora4j.cli;

import dev.lora4j.formats.AtomicDirectory;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.FileContent;
import dev.lora4j.formats.JsonFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The finished cells of an experiment, a folder each, which is there as a whole or not at all.
 *
 * @param folder of the experiment
 */
record CellStore(Path folder) {
    /** The file of a cell's folder that says what it came to. */
    static final String RESULT = "result.json";

    /** The file of a cell's folder with the texts that it was measured by, if it was. */
    static final String ANSWERS = "answers.tsv";

    private static final String CELLS = "cells";
    private static final String ADAPTER = "adapter";

    /**
     * A finished cell.
     *
     * @param identity that it must have been made from
     * @throws FileAccessException if it was made from something else
     */
    Optional<CellResult> find(ExperimentCell cell, Map<String, String> identity) {
        Path home = home(cell);
        Optional<CellResult> found = JsonFile.readIfExists(home.resolve(RESULT)).map(CellResult::of);
        found.ifPresent(result -> requireSame(home, result.identity(), identity));
        return found;
    }

    private static void requireSame(Path home, Map<String, String> before, Map<String, String> now) {
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(now.keySet());
        for (String name : names) {
            if (!Objects.equals(before.get(name), now.get(name))) {
                throw new FileAccessException(
                        home,
                        "was made with " + said(name, before) + ", now it would be with " + said(name, now)
                                + "; give another --output, or remove this folder to make it again");
            }
        }
    }

    private static String said(String name, Map<String, String> values) {
        String value = values.get(name);
        return value == null ? "no " + name : name + " " + value;
    }

    /**
     * Writes a finished cell.
     *
     * @param answers the texts that it was measured by
     * @param adapter files of the adapter; empty to keep none
     */
    void write(ExperimentCell cell, CellResult result, Optional<String> answers, Map<String, FileContent> adapter) {
        AtomicDirectory.write(home(cell), home -> {
            adapter.forEach((name, content) -> home.file(ADAPTER + "/" + name, content));
            answers.ifPresent(texts -> home.text(ANSWERS, texts));
            home.text(RESULT, result.json(cell).toPrettyString() + "\n");
        });
    }

    private Path home(ExperimentCell cell) {
        return folder.resolve(CELLS).resolve(cell.name());
    }
}
