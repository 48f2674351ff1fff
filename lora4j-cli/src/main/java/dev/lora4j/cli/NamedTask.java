package dev.lora4j.cli;

import dev.lora4j.tasks.GlueTask;
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
            for (GlueTask task : GlueTask.values()) {
                if (task.key().equals(key)) {
                    return of(task);
                }
            }
            for (TextTask task : TextTask.values()) {
                if (task.key().equals(key)) {
                    return of(task);
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
        Arrays.stream(GlueTask.values()).forEach(task -> names.add(task.key()));
        names.addAll(TextTask.keys());
        return names;
    }

    private static String key(DataTask kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
