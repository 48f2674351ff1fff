package dev.lora4j.cli;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * One training of an experiment.
 *
 * @param task that it is for
 * @param method what tables call its method
 * @param choice its rank, size and targets
 * @param settings all that a {@code train} would be given
 */
record ExperimentCell(
        ExperimentTask task,
        String method,
        ExperimentMethod.Choice choice,
        long seed,
        Map<String, String> settings,
        CellSettings options) {
    private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9._+-]");

    /** Its folder's name, {@code cola-lora-r8-query+value-seed1}. */
    String name() {
        StringBuilder name = new StringBuilder(task.key()).append('-').append(method);
        if (!choice.rank().isEmpty()) {
            name.append("-r").append(choice.rank());
        }
        if (!choice.size().isEmpty()) {
            name.append('-').append(choice.size());
        }
        if (!choice.targets().isEmpty()) {
            name.append('-').append(choice.targets().replace(',', '+'));
        }
        return UNSAFE.matcher(name.append("-seed").append(seed)).replaceAll("_");
    }

    /** Whether its seconds must not be shared with others. */
    boolean isTimed() {
        return options.seconds() > 0;
    }

    /** Whether it must have a base of its own. */
    boolean changesTheBase() {
        return options.is(Method.FULL);
    }
}
