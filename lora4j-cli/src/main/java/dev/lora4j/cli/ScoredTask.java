package dev.lora4j.cli;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What {@code evaluate --task} names: a kind of rows, or a task whose answers are texts.
 *
 * @param rows a kind of rows
 * @param text else a task with a folder of its own
 */
record ScoredTask(Optional<DataTask> rows, Optional<TextTask> text) {
    /** The task of a name, in any case. */
    static final class Converter implements ITypeConverter<ScoredTask> {
        @Override
        public ScoredTask convert(String name) {
            ScoredTask found = new ScoredTask(
                    Stream.of(DataTask.values())
                            .filter(each -> named(each, name))
                            .findFirst(),
                    Stream.of(TextTask.values())
                            .filter(each -> named(each, name))
                            .findFirst());
            if (found.rows().isEmpty() && found.text().isEmpty()) {
                throw new TypeConversionException("there is no task \"" + name + "\"; expected one of " + names());
            }
            return found;
        }
    }

    /** All names, for the command's help. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return names().iterator();
        }
    }

    private static boolean named(Enum<?> task, String name) {
        return key(task).equals(name.toLowerCase(Locale.ROOT));
    }

    private static List<String> names() {
        return Stream.<Enum<?>>concat(Stream.of(DataTask.values()), Stream.of(TextTask.values()))
                .map(ScoredTask::key)
                .toList();
    }

    private static String key(Enum<?> task) {
        return task.name().toLowerCase(Locale.ROOT);
    }
}
