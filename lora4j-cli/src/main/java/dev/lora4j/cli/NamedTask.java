package dev.lora4j.cli;

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
 * @param published if it is such a task
 */
record NamedTask(DataTask kind, Optional<PublishedTask> published) {
    static NamedTask of(DataTask kind) {
        return new NamedTask(kind, Optional.empty());
    }

    private static NamedTask of(PublishedTask task) {
        return new NamedTask(task.kind(), Optional.of(task));
    }

    /** The task, if its answers are texts. */
    Optional<TextTask> text() {
        return published.flatMap(task -> task instanceof TextTask text ? Optional.of(text) : Optional.empty());
    }

    /** The file to learn from in a task's folder; of a kind of rows the file itself. */
    Path trainingFile(Path data) {
        return published.map(task -> task.trainingFile(data)).orElse(data);
    }

    /** What to measure on while training: a file, or that of a task's folder. */
    Path validationFile(Path given) {
        return Files.isDirectory(given)
                ? published.map(task -> task.validationFile(given)).orElse(given)
                : given;
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
            for (PublishedTask task : PublishedTask.all()) {
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
        PublishedTask.all().forEach(task -> names.add(task.key()));
        return names;
    }

    private static String key(DataTask kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
