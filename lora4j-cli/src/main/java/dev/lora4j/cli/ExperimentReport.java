package dev.lora4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.AtomicFile;
import dev.lora4j.report.Chart;
import dev.lora4j.report.HtmlReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What an experiment came to, as a page, as Markdown and as JSON.
 *
 * @param model as the user calls it
 */
record ExperimentReport(String model, Map<ExperimentCell, CellResult> results) {
    private static final List<String> SIZES =
            List.of("seeds", "parameters", "of the head", "bytes", "seconds", "steps", "rows", "memory");

    /** A heading, names of columns and rows. */
    record Table(String heading, List<String> columns, List<List<String>> rows) {
        String markdown() {
            StringBuilder text = new StringBuilder("## " + heading + "\n\n");
            text.append(line(columns))
                    .append(line(columns.stream().map(name -> "---").toList()));
            rows.forEach(row -> text.append(line(row)));
            return text.toString();
        }

        private static String line(List<String> cells) {
            return "| " + String.join(" | ", cells) + " |\n";
        }
    }

    private List<ExperimentLine> lines() {
        return ExperimentLine.of(results);
    }

    private Map<ExperimentTask, List<ExperimentLine>> byTask() {
        return lines().stream()
                .collect(Collectors.groupingBy(ExperimentLine::task, LinkedHashMap::new, Collectors.toList()));
    }

    /** All tasks beside each other, then each by itself. */
    List<Table> tables() {
        List<Table> tables = new ArrayList<>();
        Map<ExperimentTask, List<ExperimentLine>> byTask = byTask();
        if (byTask.size() > 1) {
            tables.add(overview(byTask));
        }
        byTask.forEach((task, lines) -> {
            String heading = task.published().title() + ", " + task.metric();
            List<String> shown = task.published().columns();
            tables.add(new Table(
                    shown.isEmpty() ? heading : task.published().title(),
                    columns(shown),
                    lines.stream().map(line -> row(line, shown)).toList()));
            lines.stream()
                    .collect(Collectors.groupingBy(ExperimentLine::method, LinkedHashMap::new, Collectors.toList()))
                    .forEach((method, own) -> grid(heading + ": " + method, own).ifPresent(tables::add));
        });
        return tables;
    }

    /** @param shown the scores beside each other; none for the task's one score with its range */
    private static List<String> columns(List<String> shown) {
        List<String> columns = new ArrayList<>(List.of("method"));
        columns.addAll(shown.isEmpty() ? List.of("score", "lowest to highest") : shown);
        columns.addAll(SIZES);
        return columns;
    }

    private static List<String> row(ExperimentLine line, List<String> shown) {
        ExperimentTask task = line.task();
        List<String> row = new ArrayList<>(List.of(line.title()));
        if (shown.isEmpty()) {
            row.add(task.shown(line.median()));
            row.add(task.shown(line.lowest()) + " to " + task.shown(line.highest()));
        }
        shown.forEach(metric -> row.add(task.shown(metric, line.median(metric))));
        CellResult first = line.results().get(0);
        row.addAll(List.of(
                Integer.toString(line.results().size()),
                count(first.parameters()),
                count(first.headParameters()),
                Amounts.bytes((double) first.bytes()),
                String.format(Locale.ROOT, "%.1f", line.median(CellResult::seconds)),
                count((long) line.median(CellResult::steps)),
                count((long) line.median(CellResult::rows)),
                Amounts.bytes(line.median(CellResult::peakMemoryBytes))));
        return row;
    }

    /** As the paper's table 2: methods by tasks, and their mean over tasks where none is missing. */
    private Table overview(Map<ExperimentTask, List<ExperimentLine>> byTask) {
        List<String> columns = new ArrayList<>(List.of("method", "parameters"));
        byTask.keySet().forEach(task -> columns.add(task.published().title()));
        columns.add("mean");
        Map<String, List<ExperimentLine>> byTitle = lines().stream()
                .collect(Collectors.groupingBy(ExperimentLine::title, LinkedHashMap::new, Collectors.toList()));
        List<List<String>> rows = new ArrayList<>();
        byTitle.forEach((title, own) -> {
            List<String> row = new ArrayList<>(
                    List.of(title, count(own.get(0).results().get(0).parameters())));
            for (ExperimentTask task : byTask.keySet()) {
                row.add(own.stream()
                        .filter(line -> line.task().equals(task))
                        .findFirst()
                        .map(line -> line.task().shown(line.median()))
                        .orElse(""));
            }
            row.add(
                    own.size() == byTask.size() && haveAMean(byTask)
                            ? mean(own.stream()
                                    .mapToDouble(ExperimentLine::median)
                                    .average()
                                    .orElse(Double.NaN))
                            : "");
            rows.add(row);
        });
        return new Table("All tasks", columns, rows);
    }

    /** As the paper's table 6: targets by ranks, where a method has several of both. */
    private static Optional<Table> grid(String heading, List<ExperimentLine> lines) {
        List<String> sizes =
                lines.stream().map(line -> line.choice().size()).distinct().toList();
        List<String> ranks =
                lines.stream().map(line -> line.choice().rank()).distinct().toList();
        List<String> targets =
                lines.stream().map(line -> line.choice().targets()).distinct().toList();
        if (ranks.size() < 2 || targets.size() < 2 || sizes.size() > 1) {
            return Optional.empty();
        }
        List<String> columns = new ArrayList<>(List.of("targets"));
        ranks.forEach(rank -> columns.add("r " + rank));
        List<List<String>> rows = new ArrayList<>();
        for (String chosen : targets) {
            List<String> row = new ArrayList<>(List.of(chosen.replace(",", ", ")));
            for (String rank : ranks) {
                row.add(lines.stream()
                        .filter(line -> line.choice().equals(new ExperimentMethod.Choice(rank, sizes.get(0), chosen)))
                        .findFirst()
                        .map(line -> line.task().shown(line.median()))
                        .orElse(""));
            }
            rows.add(row);
        }
        return Optional.of(new Table(heading, columns, rows));
    }

    String markdown() {
        return "# " + title() + "\n\n" + NOTE + "\n\n"
                + tables().stream().map(Table::markdown).collect(Collectors.joining("\n"));
    }

    private static final String NOTE =
            "Scores are medians over the seeds. Parameters are trained values without the head's. Seconds are of training,"
                    + " of several at once each its share; rows are those that all steps took; memory is the process's.";

    private String title() {
        return "Experiment with " + model;
    }

    /** The page: tables, and the scores over the trained parameters, as the paper's figure 2. */
    HtmlReport html() {
        HtmlReport page = new HtmlReport(title()).figures("What the columns are", Map.of("", NOTE));
        tables().forEach(table -> page.table(table.heading(), table.columns(), table.rows()));
        byTask().forEach((task, lines) -> {
            Map<String, List<Chart.Point>> series = new LinkedHashMap<>();
            for (ExperimentLine line : lines) {
                double parameters = line.results().get(0).parameters();
                if (parameters > 0 && Double.isFinite(line.median())) {
                    series.computeIfAbsent(line.method(), name -> new ArrayList<>())
                            .add(new Chart.Point(parameters, line.median()));
                }
            }
            List<Chart.Series> all = new ArrayList<>();
            series.forEach((name, points) -> all.add(new Chart.Series(name, points)));
            page.chart(Chart.dots(task.published().title() + ", " + task.metric() + " over trained parameters", all));
        });
        return page;
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("model", model);
        ArrayNode groups = json.putArray("groups");
        lines().forEach(line -> groups.add(line.json()));
        ArrayNode cells = json.putArray("cells");
        results.forEach((cell, result) -> cells.add(result.json(cell)));
        return json;
    }

    /** Writes {@code report.html}, {@code report.md} and {@code results.json}. */
    void write(Path folder) {
        html().write(folder.resolve(HtmlReport.FILE));
        AtomicFile.writeString(folder.resolve("report.md"), markdown());
        AtomicFile.writeString(folder.resolve("results.json"), json().toPrettyString() + "\n");
    }

    /** Scores that stand beside others are of other kinds than shares of right answers. */
    private static boolean haveAMean(Map<ExperimentTask, List<ExperimentLine>> byTask) {
        return byTask.keySet().stream()
                .allMatch(task -> task.published().columns().isEmpty());
    }

    private static String mean(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.1f", 100 * value) : "none";
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
