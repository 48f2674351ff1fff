package dev.lora4j.cli;

import dev.lora4j.lora.NearestNames;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * A YAML file that gives a command's options, each under its name without the dashes; flags override it.
 *
 * <pre>{@code
 * model: SmolLM2-135M-Instruct
 * data: train.jsonl
 * learning-rate: 1e-4
 * targets: [q_proj, v_proj]
 * }</pre>
 *
 * <p>Strict: an unknown key, a key given twice or a value of the wrong kind is an error that names file and key.
 */
final class ConfigFile implements IDefaultValueProvider {
    /** The option that names the file. */
    static final String OPTION = "--config";

    /** Options that name files of settings and are none themselves. */
    private static final Set<String> FILES = Set.of(OPTION, SweepFile.OPTION);

    private final String where;
    private final Map<String, String> values;

    /**
     * Settings from some place.
     *
     * @param where for messages, such as the file's path
     * @param values by the option's name without dashes
     */
    ConfigFile(String where, Map<String, String> values) {
        this.where = where;
        this.values = new LinkedHashMap<>(values);
    }

    /** The file that a command line names, if any: it must be known before the options are read. */
    static Optional<Path> named(String... args) {
        return named(OPTION, args);
    }

    static Optional<Path> named(String name, String... args) {
        for (int i = 0; i < args.length; i++) {
            if (args[i].startsWith(name + "=")) {
                return Optional.of(Path.of(args[i].substring(name.length() + 1)));
            }
            if (args[i].equals(name) && i + 1 < args.length) {
                return Optional.of(Path.of(args[i + 1]));
            }
        }
        return Optional.empty();
    }

    /** Reads a file: scalars, and lists of scalars. */
    static ConfigFile read(Path path) {
        return new ConfigFile(path.toString(), YamlFile.settings(path, "", YamlFile.read(path)));
    }

    /**
     * Checks every key and value against the options of a command.
     *
     * @param command that messages are about
     * @param trial a command like it, to try the values on
     * @throws ParameterException naming file and key
     */
    void check(CommandLine command, CommandLine trial) {
        Set<String> known = command.getCommandSpec().options().stream()
                .map(OptionSpec::longestName)
                .filter(name -> name.startsWith("--") && !FILES.contains(name))
                .map(name -> name.substring(2))
                .collect(Collectors.toCollection(TreeSet::new));
        for (Map.Entry<String, String> entry : values.entrySet()) {
            if (!known.contains(entry.getKey())) {
                throw new ParameterException(
                        command,
                        where + ": there is no setting \"" + entry.getKey() + "\""
                                + NearestNames.hint(entry.getKey(), known));
            }
            tryOut(command, trial, entry);
        }
    }

    private void tryOut(CommandLine command, CommandLine trial, Map.Entry<String, String> entry) {
        try {
            trial.parseArgs("--" + entry.getKey() + "=" + entry.getValue());
        } catch (ParameterException e) {
            boolean othersMissing = e instanceof MissingParameterException; // they may be flags
            if (!othersMissing) {
                throw new ParameterException(command, where + ": " + entry.getKey() + ": " + e.getMessage());
            }
        }
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option && option.longestName().startsWith("--")
                ? values.get(option.longestName().substring(2))
                : null;
    }
}
