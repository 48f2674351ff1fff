package dev.lora4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.lora.NearestNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A YAML file of trainings to compare: every task with every method, rank, choice of targets and seed.
 *
 * <pre>{@code
 * model: embedded:minilm
 * data: glue                  # CoLA, RTE ... in it
 * seeds: [1, 2, 3]
 * batch-size: 16              # any setting of train, for all
 * tasks:
 *   cola: {train-rows: 1000, dev-rows: 500}
 *   rte: {epochs: 5}
 * methods:
 *   lora:
 *     rank: [2, 8]
 *     targets: [[query], [query, value]]
 *     learning-rate: 2e-3
 *     tasks: {rte: {learning-rate: 1e-3}}
 *   full: {learning-rate: 5e-5}
 * }</pre>
 *
 * <p>Trainings of {@code minutes} have the machine alone, whatever {@code at-once} says.
 *
 * <p>What stands further in wins: common, task, method, task of a method. As strict as {@link ConfigFile}.
 *
 * @param dataSeed chooses the rows of capped tasks
 * @param atOnce most trainings side by side
 */
record ExperimentFile(
        Path path,
        Optional<String> model,
        Optional<Path> data,
        List<Long> seeds,
        long dataSeed,
        int atOnce,
        boolean keepAdapters,
        List<ExperimentTask> tasks,
        List<ExperimentMethod> methods,
        Map<String, String> common) {
    /** The most trainings of a file. */
    private static final int MAX_CELLS = 10_000;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** Reads a file and checks all that can be checked without a model. */
    static ExperimentFile read(Path path) {
        ObjectNode root = YamlFile.read(path);
        YamlSection section = new YamlSection(path, "", root);
        Optional<String> model = section.text("model");
        Optional<Path> data = section.text("data").map(Path::of);
        List<Long> seeds = section.list("seeds").stream().map(section::whole).toList();
        long dataSeed = section.text("data-seed").map(section::whole).orElse(0L);
        int atOnce = Math.toIntExact(section.text("at-once").map(section::whole).orElse(4L));
        boolean keep = section.text("keep-adapters").map(section::flag).orElse(false);
        List<ExperimentTask> tasks = new ArrayList<>();
        section.mapping("tasks").properties().forEach(each -> tasks.add(task(path, each.getKey(), each.getValue())));
        List<ExperimentMethod> methods = new ArrayList<>();
        section.mapping("methods")
                .properties()
                .forEach(each -> methods.add(method(path, each.getKey(), each.getValue(), tasks)));
        if (seeds.isEmpty() || new HashSet<>(seeds).size() < seeds.size()) {
            throw new InvalidFileException(path, "must have a key seeds with different numbers, such as [1, 2, 3]");
        }
        if (atOnce < 1) {
            throw new InvalidFileException(path, "at-once is " + atOnce + ", expected 1 or more");
        }
        return new ExperimentFile(path, model, data, seeds, dataSeed, atOnce, keep, tasks, methods, section.settings());
    }

    private static ExperimentTask task(Path path, String key, JsonNode node) {
        PublishedTask published = PublishedTask.all().stream()
                .filter(each -> each.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new InvalidFileException(
                        path,
                        "there is no task \"" + key + "\"; expected some of "
                                + PublishedTask.all().stream()
                                        .map(PublishedTask::key)
                                        .toList()));
        YamlSection section = new YamlSection(path, "task " + key + ": ", node);
        String metric = section.text("metric").orElse(published.scores().get(0));
        if (!published.scores().contains(metric)) {
            throw new InvalidFileException(
                    path, "task " + key + ": metric is " + metric + ", expected one of " + published.scores());
        }
        return new ExperimentTask(
                published,
                section.text("data").map(Path::of),
                section.rows("train-rows"),
                section.rows("dev-rows"),
                metric,
                section.settings());
    }

    private static ExperimentMethod method(Path path, String name, JsonNode node, List<ExperimentTask> tasks) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidFileException(
                    path, "\"" + name + "\" is no name for a method; expected letters, digits, '.', '_' and '-'");
        }
        YamlSection section = new YamlSection(path, "method " + name + ": ", node);
        List<String> ranks = section.list("rank");
        List<String> sizes = section.list("size");
        List<String> targets = section.targets();
        Map<String, Map<String, String>> byTask = new LinkedHashMap<>();
        section.mappingIfAny("tasks")
                .ifPresent(mapping -> mapping.properties().forEach(each -> {
                    List<String> known = tasks.stream().map(task -> task.key()).toList();
                    if (!known.contains(each.getKey())) {
                        throw new InvalidFileException(
                                path,
                                "method " + name + ": the file has no task \"" + each.getKey() + "\""
                                        + NearestNames.hint(each.getKey(), known));
                    }
                    String where = "method " + name + ", task " + each.getKey() + ": ";
                    byTask.put(each.getKey(), new YamlSection(path, where, each.getValue()).settings());
                }));
        return new ExperimentMethod(name, ranks, sizes, targets, section.settings(), byTask);
    }

    /** All trainings, task by task; those of one method, rank and targets beside each other. */
    List<ExperimentCell> cells() {
        List<ExperimentCell> cells = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ExperimentTask task : tasks) {
            for (ExperimentMethod method : methods) {
                for (ExperimentMethod.Choice choice : method.choices()) {
                    for (long seed : seeds) {
                        ExperimentCell cell = cell(task, method, choice, seed);
                        if (!names.add(cell.name()) || cells.size() == MAX_CELLS) {
                            throw new InvalidFileException(
                                    path, "has " + cell.name() + " twice, or more than " + MAX_CELLS + " trainings");
                        }
                        cells.add(cell);
                    }
                }
            }
        }
        return cells;
    }

    private ExperimentCell cell(
            ExperimentTask task, ExperimentMethod method, ExperimentMethod.Choice choice, long seed) {
        Map<String, String> settings = method.settings(common, task, choice);
        settings.put("seed", Long.toString(seed));
        String where = path + ": " + task.key() + " with " + method.name();
        return new ExperimentCell(task, method.name(), choice, seed, settings, CellSettings.of(where, settings));
    }
}
