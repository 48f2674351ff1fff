package dev.lora4j.cli;

import dev.lora4j.tasks.GlueTask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What {@code --task} names: a kind of rows, or a task with a folder of its own as data.
 *
 * @param glue if it is one of GLUE's
 * @param text if its answers are texts
 */
record NamedTask(DataTask kind, Optional<GlueTask> glue, Optional<TextTask> text) {
    static NamedTask of(DataTask kind) {
        return new NamedTask(kind, Optional.empty(), Optional.empty());
    }

    static NamedTask of(GlueTask task) {
        return new NamedTask(
                task.labels().isPresent() ? DataTask.CLASSIFICATION : DataTask.REGRESSION,
                Optional.of(task),
                Optional.empty());
    }

    static NamedTask of(TextTask task) {
        return new NamedTask(DataTask.CAUSAL, Optional.empty(), Optional.of(task));
    }

    /** The tasks with a folder of their own: what an experiment can have. */
    static List<NamedTask> published() {
        List<NamedTask> tasks = new ArrayList<>();
        Arrays.stream(GlueTask.values()).forEach(task -> tasks.add(of(task)));
        Arrays.stream(TextTask.values()).forEach(task -> tasks.add(of(task)));
        return tasks;
    }

    /** The name that users write. */
    String key() {
        return glue.map(GlueTask::key).or(() -> text.map(TextTask::key)).orElseGet(() -> key(kind));
    }

    /** The name that papers write. */
    String title() {
        return glue.map(GlueTask::title).or(() -> text.map(TextTask::title)).orElseGet(this::key);
    }

    /** The names of its scores, the headline first; none of a kind of rows. */
    List<String> scores() {
        return glue.map(GlueTask::scores).or(() -> text.map(TextTask::scores)).orElse(List.of());
    }

    /** The file to learn from in a task's folder; of a kind of rows the file itself. */
    Path trainingFile(Path data) {
        return glue.map(task -> task.trainingFile(data))
                .or(() -> text.map(task -> task.trainingFile(data)))
                .orElse(data);
    }

    /** What to measure on while training: a file, or that of a task's folder; of MNLI's two the matched one. */
    Path validationFile(Path given) {
        if (!Files.isDirectory(given)) {
            return given;
        }
        return glue.map(task -> task.developmentFiles(given).values().iterator().next())
                .or(() -> text.map(task -> task.validationFile(given)))
                .orElse(given);
    }

    /** A score as tables show it. */
    String shown(String metric, double value) {
        if (!Double.isFinite(value)) {
            return "none";
        }
        return text.isPresent() ? TextTask.shown(metric, value) : String.format(Locale.ROOT, "%.1f", 100 * value);
    }

    /** The task of a name, in any case. */
    static final class Converter implements ITypeConverter<NamedTask> {
        @Override
        public NamedTask convert(String name) {
            String key = name.toLowerCase(Locale.ROOT);
            for (DataTask kind : DataTask.values()) {
                if (key(kind).equals(key)) {
                    return of(kind);
                }
            }
            for (NamedTask task : published()) {
                if (task.key().equals(key)) {
                    return task;
                }
            }
            throw new TypeConversionException("there is no task \"" + name + "\"; expected one of " + names());
        }
    }

    /** All names, for a command's help. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return names().iterator();
        }
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        Arrays.stream(DataTask.values()).forEach(kind -> names.add(key(kind)));
        published().forEach(task -> names.add(task.key()));
        return names;
    }

    private static String key(DataTask kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
