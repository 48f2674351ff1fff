package dev.lora4j.data;

import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.Lora4jException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The labels of a classifier; the place of each is its index.
 *
 * @param names in the order of their indices
 */
public record LabelSet(List<String> names) {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("0|-?[1-9][0-9]{0,8}");
    private static final Comparator<String> NUMERIC = Comparator.comparingInt(Integer::parseInt);

    /** Checks that there are two labels at least, and none twice. */
    public LabelSet {
        names = List.copyOf(names);
        if (names.size() < 2) {
            throw new Lora4jException("the labels are " + names + ", expected two or more different ones");
        }
        if (new HashSet<>(names).size() < names.size()) {
            throw new Lora4jException("the labels are " + names + ", expected each of them once");
        }
    }

    /** The distinct labels in order: by number if all are whole numbers, else by their chars. */
    public static LabelSet sorted(Collection<String> labels) {
        List<String> names = new ArrayList<>(new TreeSet<>(labels));
        if (names.stream().allMatch(name -> WHOLE_NUMBER.matcher(name).matches())) {
            names.sort(NUMERIC);
        }
        return new LabelSet(names);
    }

    /** The distinct labels of a data file in order. */
    public static LabelSet read(Path file, Columns columns, RowPolicy policy) {
        TreeSet<String> labels = new TreeSet<>();
        RowLoop.over(file, columns, policy, (origin, row) -> {
            if (!(row instanceof Row.Labelled labelled)) {
                throw new BadRowException(origin, "has no label, expected text and label");
            }
            labels.add(labelled.label());
        });
        if (labels.size() < 2) {
            throw new InvalidFileException(
                    file, "every label in it is " + labels + ", expected two or more different ones to tell apart");
        }
        return sorted(labels);
    }

    /** How many labels there are. */
    public int size() {
        return names.size();
    }

    /** The index of a label; a number that is no label itself can be the index of one. */
    public OptionalInt index(String label) {
        int index = names.indexOf(label);
        if (index < 0 && WHOLE_NUMBER.matcher(label).matches()) {
            index = Integer.parseInt(label);
        }
        return index >= 0 && index < names.size() ? OptionalInt.of(index) : OptionalInt.empty();
    }
}
