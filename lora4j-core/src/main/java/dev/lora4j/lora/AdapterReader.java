package dev.lora4j.lora;

import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Linear;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.MappedFile;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads the tensors of one adapter: every one wanted must be there, every one there must be wanted. */
final class AdapterReader {
    private final Path file;
    private final LanguageModel model;
    private final PeftConfig.Parsed parsed;
    private final List<String> labels;
    private final Map<String, StoredTensor.Mapped> left = new LinkedHashMap<>();

    AdapterReader(Path file, LanguageModel model, PeftConfig.Parsed parsed, List<String> labels) {
        this.file = file;
        this.model = model;
        this.parsed = parsed;
        this.labels = labels;
    }

    Adapter read() {
        if (parsed.task() != model.task()) {
            throw new AdapterException(file + ": the adapter is for " + parsed.task() + ", the model was loaded for "
                    + model.task() + "; load it for the adapter's task");
        }
        SafetensorsFile.open(file).tensors().forEach((name, tensor) -> left.put(TensorNames.canonical(name), tensor));
        Scope scope = Scope.shared();
        try (Scope reading = Scope.open();
                MappedFile mapped = MappedFile.open(file)) {
            Map<String, Linear> linears = linears();
            TargetSelection selection = TargetSelection.of(
                    parsed.config(),
                    linears.keySet(),
                    UsualTargets.of(model.config().path("model_type").asText()));
            Map<String, LowRank> pairs = new LinkedHashMap<>();
            for (String path : selection.adapted()) {
                pairs.put(path, pair(mapped, scope, Objects.requireNonNull(linears.get(path)), path));
            }
            Map<String, Linear> saved = new LinkedHashMap<>();
            for (String path : selection.saved()) {
                saved.put(path, saved(mapped, scope, path));
            }
            requireNothingLeft();
            return Adapter.of(new Adapter.Identity(parsed.config(), parsed.task(), labels), pairs, saved, scope);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    /** The model's linear layers, and the heads that only the adapter has. */
    private Map<String, Linear> linears() {
        Map<String, Linear> linears = new LinkedHashMap<>();
        model.linears().forEach(linear -> linears.put(linear.path(), linear));
        for (String head : List.of("bert.pooler.dense", "classifier")) {
            if (!linears.containsKey(head) && left.containsKey(TensorNames.weight(head))) {
                try (Scope scope = Scope.open()) {
                    linears.put(head, new Linear(head, Tensor.zeros(DType.F32, 1, 1), null));
                }
            }
        }
        return linears;
    }

    private LowRank pair(MappedFile mapped, Scope scope, Linear linear, String path) {
        int rank = parsed.config().rankAt(path);
        Tensor a = take(mapped, scope, TensorNames.loraA(path), rank, OptionalLong.of(linear.inFeatures()));
        Tensor b = take(mapped, scope, TensorNames.loraB(path), linear.outFeatures(), OptionalLong.of(rank));
        return new LowRank(a, b, parsed.config().scalingAt(path));
    }

    private Linear saved(MappedFile mapped, Scope scope, String path) {
        String name = TensorNames.weight(path);
        List<Long> shape = Optional.ofNullable(left.get(name))
                .orElseThrow(() -> missing(name))
                .shape();
        if (shape.size() != 2) {
            throw new AdapterException(file + ": \"" + name + "\" has shape " + shape + ", expected two dimensions");
        }
        Tensor weight = take(mapped, scope, name, shape.get(0), OptionalLong.of(expectedInput(path, shape.get(1))));
        String bias = TensorNames.bias(path);
        return new Linear(
                path,
                weight,
                left.containsKey(bias) ? take(mapped, scope, bias, shape.get(0), OptionalLong.empty()) : null);
    }

    private long expectedInput(String path, long found) {
        return path.equals("classifier") || path.endsWith("pooler.dense") || path.equals("lm_head")
                ? model.hiddenSize()
                : found;
    }

    private Tensor take(MappedFile mapped, Scope scope, String name, long rows, OptionalLong columns) {
        StoredTensor.Mapped stored = left.remove(name);
        if (stored == null) {
            throw missing(name);
        }
        List<Long> expected = columns.isPresent() ? List.of(rows, columns.getAsLong()) : List.of(rows);
        if (!stored.shape().equals(expected)) {
            throw new AdapterException(file + ": \"" + name + "\" has shape " + stored.shape()
                    + ", the base and the configuration expect " + expected + "; was it trained on another base?");
        }
        long[] shape = expected.stream().mapToLong(Long::longValue).toArray();
        Tensor view = mapped.tensor(stored.offset(), DType.valueOf(stored.type().name()), shape);
        if (!view.dtype().isFloating() || !view.isFinite()) {
            throw new AdapterException(file + ": \"" + name + "\" is " + stored.type()
                    + " and holds values that are not finite numbers; the adapter is damaged");
        }
        Tensor onDevice =
                view.to(DType.F32).copy().to(model.linears().get(0).weight().device());
        return scope.keep(onDevice);
    }

    private AdapterException missing(String name) {
        return new AdapterException(file + ": \"" + name + "\" is missing, though " + AdapterFolder.CONFIG
                + " and the base ask for it; the adapter is incomplete or was trained on another base");
    }

    private void requireNothingLeft() {
        if (!left.isEmpty()) {
            List<String> names = new ArrayList<>(left.keySet());
            throw new AdapterException(file + ": " + names.size() + " tensors have no place in the base, such as \""
                    + names.get(0) + "\"; was it trained on another base, or do the targets not say so?");
        }
    }
}
