package dev.lora4j.lora;

import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import dev.lora4j.model.ModelTask;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.MappedFile;
import dev.lora4j.tensor.Scope;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;

/**
 * The low-rank pairs of an adapter's folder, read without its base: what is there of ΔW = s·B·A.
 *
 * <p>Modules trained whole, biases and DoRA's magnitudes are left out. The experts of a layer have a pair each, under the
 * path with the expert's number in brackets. Of a fused layer that loralib adapts in parts, B has the outputs of those
 * parts alone. Holds native memory until closed; safe for any number of threads.
 */
public final class AdapterPairs implements AutoCloseable {
    private final Path folder;
    private final Map<String, LowRank> pairs;
    private final Scope scope;

    private AdapterPairs(Path folder, Map<String, LowRank> pairs, Scope scope) {
        this.folder = folder;
        this.pairs = Collections.unmodifiableMap(pairs);
        this.scope = scope;
    }

    /**
     * Reads a folder.
     *
     * @throws AdapterException if it has no pair, lacks one of two matrices, has matrices that do not fit each other or
     *     the configuration, or began with a part of the base's weights, so that the pair alone is not its change
     */
    public static AdapterPairs read(Path folder) {
        Path configuration = AdapterFiles.configuration(folder);
        PeftConfig.Parsed parsed =
                PeftConfig.parse(JsonFile.read(configuration), configuration.toString(), ModelTask.CAUSAL_LM);
        Path weights = AdapterFiles.weights(folder);
        Map<String, StoredTensor.Mapped> stored = SafetensorsFile.open(weights).tensors();
        boolean loralib = LoralibNames.areIn(stored.keySet());
        if (loralib && !parsed.saysAlpha()) {
            throw LoralibNames.withoutAlpha(weights);
        }
        if (parsed.config().initialization().changesBase()) {
            throw new AdapterException(folder + ": the adapter began with a part of the base's weights"
                    + " (init_lora_weights " + parsed.config().initialization().peftName()
                    + "), so its pairs alone are not its change; lora4j combine makes a plain one of it");
        }
        Scope scope = Scope.shared();
        try (Scope reading = Scope.open();
                MappedFile mapped = MappedFile.read(weights)) {
            StoredPairs pairs = new StoredPairs(weights, parsed.config(), mapped, scope);
            Map<String, StoredTensor.Mapped> ofA = new LinkedHashMap<>();
            Map<String, StoredTensor.Mapped> ofB = new LinkedHashMap<>();
            stored.forEach((name, tensor) -> {
                Matcher pair = AdapterSummary.PAIR.matcher(TensorNames.module(name));
                if (!TensorNames.isOfTheBase(name) && pair.matches()) {
                    (pair.group(3).equals("A") ? ofA : ofB).put(pair.group(1), tensor);
                }
            });
            ofB.keySet().forEach(path -> requireBoth(weights, path, ofA));
            Map<String, LowRank> found = new LinkedHashMap<>();
            ofA.forEach((path, a) -> found.putAll(pairs.read(path, a, requireBoth(weights, path, ofB))));
            if (found.isEmpty()) {
                throw new AdapterException(weights + ": no low-rank pair is in it"
                        + (stored.isEmpty() ? "" : ", only modules trained whole")
                        + "; expected tensors such as \"" + TensorNames.loraA("PATH", false) + "\"");
            }
            return new AdapterPairs(folder, found, scope);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    private static StoredTensor.Mapped requireBoth(Path file, String path, Map<String, StoredTensor.Mapped> others) {
        StoredTensor.Mapped other = others.get(path);
        if (other == null) {
            throw new AdapterException(
                    file + ": " + path + " has one of A and B without the other; the adapter is incomplete");
        }
        return other;
    }

    /** Where they were read. */
    public Path folder() {
        return folder;
    }

    /** All pairs by the path of their layer, in the order of the file; float32, of this object. */
    public Map<String, LowRank> all() {
        return pairs;
    }

    /**
     * The pairs of some layers.
     *
     * @param names of the layers, or ends of their paths; empty for all
     * @throws AdapterException if a name is that of no adapted layer
     */
    public Map<String, LowRank> of(List<String> names) {
        Map<String, LowRank> chosen = new LinkedHashMap<>();
        for (String name : names) {
            if (pairs.keySet().stream().noneMatch(path -> matches(path, name))) {
                throw new AdapterException(folder + ": no adapted layer is called \"" + name + "\""
                        + NearestNames.hint(name, pairs.keySet()));
            }
        }
        pairs.forEach((path, pair) -> {
            if (names.isEmpty() || names.stream().anyMatch(name -> matches(path, name))) {
                chosen.put(path, pair);
            }
        });
        return chosen;
    }

    private static boolean matches(String path, String name) {
        return Targets.Suffixes.matches(path, name)
                || Targets.Suffixes.matches(path.replaceFirst("\\[\\d+]$", ""), name);
    }

    @Override
    public void close() {
        scope.close();
    }
}
