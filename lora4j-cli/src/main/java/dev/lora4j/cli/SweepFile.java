package dev.lora4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * A YAML file of several adapters to train at once over one base: settings for all, then those of each.
 *
 * <pre>{@code
 * model: SmolLM2-135M-Instruct
 * output: adapters               # each adapter gets a folder of its name in it
 * learning-rate: 1e-4
 * adapters:
 *   polite: {data: polite.jsonl}
 *   formal: {data: formal.jsonl, rank: 16, learning-rate: 5e-5}
 * }</pre>
 *
 * <p>The adapters may be a list too, each with its {@code name}. Each may set what {@code train} has, but for what all
 * share. As strict as {@link ConfigFile}.
 */
final class SweepFile {
    /** The option that names the file. */
    static final String OPTION = "--adapters";

    /** The most adapters of a file. */
    private static final int MAX_ADAPTERS = 1000;

    private static final String KEY = "adapters";
    private static final String NAME_KEY = "name";
    private static final Set<String> SHARED = Set.of("model", "device", "weights", "compute", "json");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final Path path;
    private final Map<String, String> common;
    private final Map<String, Map<String, String>> adapters;

    private SweepFile(Path path, Map<String, String> common, Map<String, Map<String, String>> adapters) {
        this.path = path;
        this.common = common;
        this.adapters = adapters;
    }

    /** The file that a command line of {@code train} names, if any. */
    static Optional<Path> named(String... args) {
        for (String arg : args) {
            if (!arg.startsWith("-")) {
                return arg.equals("train") ? ConfigFile.named(OPTION, args) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    static SweepFile read(Path path) {
        ObjectNode file = YamlFile.read(path);
        Map<String, JsonNode> each = byName(path, file.remove(KEY));
        if (each.isEmpty() || each.size() > MAX_ADAPTERS) {
            throw new InvalidFileException(
                    path, "must have a key " + KEY + " with 1 to " + MAX_ADAPTERS + " adapters by name");
        }
        Map<String, Map<String, String>> adapters = new LinkedHashMap<>();
        each.forEach((name, settings) -> adapters.put(name, own(path, name, settings)));
        return new SweepFile(path, YamlFile.settings(path, "", file), adapters);
    }

    /** Of a mapping its entries; of a list the elements by what each says is its name. */
    private static Map<String, JsonNode> byName(Path path, @Nullable JsonNode adapters) {
        Map<String, JsonNode> each = new LinkedHashMap<>();
        if (adapters instanceof ObjectNode mapping) {
            mapping.properties().forEach(entry -> each.put(entry.getKey(), entry.getValue()));
        } else if (adapters instanceof ArrayNode list) {
            for (JsonNode element : list) {
                JsonNode name = element instanceof ObjectNode settings ? settings.remove(NAME_KEY) : null;
                if (name == null || !name.isValueNode() || each.put(name.asText(), element) != null) {
                    throw new InvalidFileException(
                            path, "adapter " + (each.size() + 1) + " of the list must have a name of its own");
                }
            }
        }
        return each;
    }

    private static Map<String, String> own(Path path, String name, JsonNode settings) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidFileException(
                    path, "\"" + name + "\" is no name for an adapter; expected letters, digits, '.', '_' and '-'");
        }
        if (!(settings instanceof ObjectNode object)) {
            throw new InvalidFileException(path, "adapter " + name + " must have settings, such as data: rows.jsonl");
        }
        return YamlFile.settings(path, "adapter " + name + ": ", object);
    }

    /** Names in the order of the file. */
    List<String> names() {
        return List.copyOf(adapters.keySet());
    }

    /** All that holds for an adapter: its own settings, then the common ones. */
    ConfigFile settings(String name) {
        Map<String, String> own = own(name);
        Map<String, String> all = new LinkedHashMap<>(common);
        all.putAll(own);
        if (!own.containsKey("output") && common.containsKey("output")) {
            all.put("output", Path.of(all.get("output")).resolve(name).toString());
        }
        return new ConfigFile(where(name), all);
    }

    private Map<String, String> own(String name) {
        return Optional.ofNullable(adapters.get(name)).orElseThrow();
    }

    private String where(String name) {
        return path + ": adapter " + name;
    }

    /**
     * Checks every key and value of all against the options of a command.
     *
     * @param command that messages are about
     * @param trial a command like it, to try the values on
     * @throws ParameterException naming file, adapter and key
     */
    void check(CommandLine command, CommandLine trial) {
        new ConfigFile(path.toString(), common).check(command, trial);
        adapters.forEach((name, own) -> {
            for (String key : SHARED) {
                if (own.containsKey(key)) {
                    throw new ParameterException(
                            command, where(name) + ": " + key + " belongs to all adapters; put it above " + KEY);
                }
            }
            new ConfigFile(where(name), own).check(command, trial);
            if (!own.containsKey("data") && !common.containsKey("data")) {
                throw new ParameterException(command, where(name) + ": data is missing");
            }
        });
    }
}
