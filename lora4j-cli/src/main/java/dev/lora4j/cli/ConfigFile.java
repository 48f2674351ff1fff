package dev.lora4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.lora.NearestNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

    /** The most entries of a file; there are less than a hundred options. */
    private static final int MAX_ENTRIES = 1000;

    private final Path path;
    private final Map<String, String> values;

    private ConfigFile(Path path, Map<String, String> values) {
        this.path = path;
        this.values = values;
    }

    /** The file that a command line names, if any: it must be known before the options are read. */
    static Optional<Path> named(String... args) {
        for (int i = 0; i < args.length; i++) {
            if (args[i].startsWith(OPTION + "=")) {
                return Optional.of(Path.of(args[i].substring(OPTION.length() + 1)));
            }
            if (args[i].equals(OPTION) && i + 1 < args.length) {
                return Optional.of(Path.of(args[i + 1]));
            }
        }
        return Optional.empty();
    }

    /** Reads a file: scalars, and lists of scalars. */
    static ConfigFile read(Path path) {
        YAMLMapper mapper = YAMLMapper.builder(YAMLFactory.builder()
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build())
                .build();
        JsonNode tree;
        try {
            tree = mapper.readTree(JsonFile.readText(path));
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
            throw new InvalidFileException(
                    path,
                    "is not valid YAML" + where + ": "
                            + e.getOriginalMessage().lines().findFirst().orElse(""),
                    e);
        }
        if (!(tree instanceof ObjectNode object) || object.size() > MAX_ENTRIES) {
            throw new InvalidFileException(path, "must have lines like learning-rate: 1e-4");
        }
        Map<String, String> values = new LinkedHashMap<>();
        object.properties().forEach(entry -> values.put(entry.getKey(), text(path, entry.getKey(), entry.getValue())));
        return new ConfigFile(path, values);
    }

    private static String text(Path path, String key, JsonNode value) {
        if (value.isArray()) {
            List<String> items = new ArrayList<>();
            value.forEach(item -> items.add(text(path, key, item)));
            return String.join(",", items);
        }
        if (!value.isValueNode() || value.isNull()) {
            throw new InvalidFileException(path, key + " must be a word, a number or a list of them");
        }
        return value.asText();
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
                .filter(name -> name.startsWith("--") && !name.equals(OPTION))
                .map(name -> name.substring(2))
                .collect(Collectors.toCollection(TreeSet::new));
        for (Map.Entry<String, String> entry : values.entrySet()) {
            if (!known.contains(entry.getKey())) {
                throw new ParameterException(
                        command,
                        path + ": there is no setting \"" + entry.getKey() + "\""
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
                throw new ParameterException(command, path + ": " + entry.getKey() + ": " + e.getMessage());
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
