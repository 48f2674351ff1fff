package dev.lora4j.lora;

import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.EmbeddingTable;
import dev.lora4j.model.ExpertStack;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Linear;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.ModuleValues;
import dev.lora4j.tensor.FrozenMatrix;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Magnitude;
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

/** Reads the tensors of one adapter: every one wanted must be there, every one there must be wanted. */
final class AdapterReader {
    private final Path file;
    private final LanguageModel model;
    private final PeftConfig.Parsed parsed;
    private final List<String> labels;
    private final Map<String, StoredTensor.Mapped> left = new LinkedHashMap<>();
    private boolean loralib;

    AdapterReader(Path file, LanguageModel model, PeftConfig.Parsed parsed, List<String> labels) {
        this.file = file;
        this.model = model;
        this.parsed = parsed;
        this.labels = labels;
    }

    Adapter read() {
        parsed.requireTaskOf(model, file);
        Map<String, StoredTensor.Mapped> stored = SafetensorsFile.open(file).tensors();
        loralib = LoralibNames.areIn(stored.keySet());
        if (loralib && !parsed.saysAlpha()) {
            throw LoralibNames.withoutAlpha(file);
        }
        stored.forEach((name, tensor) -> {
            if (!TensorNames.isOfTheBase(name)) {
                left.put(loralib ? LoralibNames.inPeft(name) : TensorNames.canonical(name), tensor);
            }
        });
        Scope scope = Scope.shared();
        try (Scope reading = Scope.open();
                MappedFile mapped = MappedFile.read(file)) {
            Map<String, AdaptableModule> modules = modules();
            Targets usual = UsualTargets.of(model.config().path("model_type").asText());
            LoraConfig config = withAutomaticHeads(parsed.config());
            config = config.orUsual(usual);
            TargetSelection selection = TargetSelection.of(config, ModulePaths.of(modules.values()), usual);
            FusedParts.requireAllFound(config, selection.adapted());
            AdapterParts parts = AdapterParts.empty();
            AdapterTensors tensors = new AdapterTensors(
                    file, left, mapped, scope, model.linears().get(0).matrix().device());
            for (String path : selection.adapted()) {
                if (modules.get(path) instanceof ExpertStack) {
                    parts.experts().add(path);
                }
            }
            for (String path : selection.adapted()) {
                AdaptableModule module = Objects.requireNonNull(modules.get(path));
                if (module instanceof ExpertStack stack) {
                    parts.lowRanks().put(path, experts(parts, tensors, stack));
                } else {
                    addPair(parts, tensors, module);
                }
            }
            for (String path : selection.saved()) {
                AdaptableModule module = Objects.requireNonNull(modules.get(path));
                parts.note(module);
                parts.saved().put(path, saved(parts, tensors, module));
            }
            for (AdaptableModule module : TrainedBiases.of(config.bias(), modules.values(), parts)) {
                parts.biases().put(module.path(), bias(tensors, module));
            }
            tensors.requireNothingLeft();
            return Adapter.of(new Adapter.Identity(config, parsed.task(), labels), parts, scope);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    /** PEFT adds these names by itself, in memory only in its older versions; what the file lacks is the base's. */
    private LoraConfig withAutomaticHeads(LoraConfig config) {
        List<String> names = new ArrayList<>(config.modulesToSave());
        for (String name : TargetSelection.AUTOMATIC_HEADS) {
            boolean stored = left.keySet().stream().anyMatch(key -> key.startsWith(TensorNames.path(name + ".")));
            if (parsed.task() == ModelTask.SEQ_CLS && stored && !names.contains(name)) {
                names.add(name);
            }
        }
        return config.modulesToSave(names);
    }

    /** The model's modules, and the heads that only the adapter has. */
    private Map<String, AdaptableModule> modules() {
        Map<String, AdaptableModule> modules = new LinkedHashMap<>();
        model.modules().forEach(module -> modules.put(module.path(), module));
        for (String head : model.headPlan().paths()) {
            StoredTensor.Mapped stored = left.get(TensorNames.weight(head));
            if (!modules.containsKey(head) && stored != null && stored.shape().size() == 2) {
                long outputs = stored.shape().get(0);
                modules.put(head, Linear.of(head, ModuleValues.outline(outputs, model.hiddenSize(), hasBias(head))));
            }
        }
        return modules;
    }

    private boolean hasBias(String head) {
        return left.containsKey(TensorNames.bias(head));
    }

    private LowRank experts(AdapterParts parts, AdapterTensors tensors, ExpertStack stack) {
        String path = stack.path();
        long rank = Math.multiplyExact((long) parsed.config().rankAt(path), stack.experts());
        Tensor a = tensors.take(parts.nameOfA(path), rank, stack.weight().size(2));
        Tensor b = tensors.take(parts.nameOfB(path), stack.weight().size(1), rank);
        return new LowRank(a, b, parsed.config().scalingAt(path));
    }

    private void addPair(AdapterParts parts, AdapterTensors tensors, AdaptableModule module) {
        String path = module.path();
        boolean embedding = module instanceof EmbeddingTable;
        LoraConfig config = parsed.config();
        long[] shape = WeightMatrix.shape(module);
        Optional<Kernel> kernel = Kernel.of(module);
        kernel.ifPresent(each -> parts.kernels().put(path, each));
        Optional<Tensor> blocks = FusedParts.blocks(config, module);
        LowRank pair = kernel.isPresent()
                ? beside(kernel.get(), tensors, shape[0])
                : pair(tensors, module, blocks.isPresent());
        if (blocks.isPresent()) {
            Tensor before = pair.b().copy();
            pair = FusedParts.masked(pair, blocks.get(), tensors.scope());
            if (pair.b().minus(before).square().sum().item() != 0) {
                throw new AdapterException(file + ": \"" + TensorNames.loraB(path, false)
                        + "\" is not zero outside the parts " + config.partsAt(path) + ", which " + AdapterFolder.CONFIG
                        + " says are the only ones adapted");
            }
        }
        if (config.hasLoraBias() && !embedding) {
            pair = pair.withBias(tensors.take(TensorNames.loraBias(path), shape[0]));
        }
        if (config.isDora()) {
            String name = TensorNames.magnitude(path);
            Tensor magnitude = kernel.isPresent()
                    ? tensors.scope().keep(tensors.take(name, 1, shape[0], 1).view(shape[0]))
                    : tensors.take(name, shape[0]);
            FrozenMatrix weight = WeightMatrix.frozen(module, tensors.scope());
            pair = pair.withMagnitude(Magnitude.of(tensors.scope(), magnitude, weight, pair));
        }
        if (config.initialization().changesBase() && !embedding) {
            parts.anchors().put(path, anchor(tensors.scope(), WeightMatrix.frozen(module, tensors.scope()), pair));
        }
        if (embedding) {
            parts.embeddings().add(path);
            skipBaseTable(path, module);
        }
        parts.lowRanks().put(path, pair);
        parts.note(module);
    }

    private LowRank pair(AdapterTensors tensors, AdaptableModule module, boolean inParts) {
        String path = module.path();
        long[] shape = WeightMatrix.shape(module);
        LoraConfig config = parsed.config();
        boolean embedding = module instanceof EmbeddingTable && !loralib;
        int rank = config.rankAt(path);
        String nameOfB = TensorNames.loraB(path, embedding);
        if (loralib && !inParts) {
            LoralibNames.requireOnePair(left.get(TensorNames.loraA(path, embedding)), left.get(nameOfB), path);
        }
        Tensor a = tensors.take(TensorNames.loraA(path, embedding), rank, shape[1]);
        if (inParts && loralib) {
            int parts = config.partsAt(path).size();
            Tensor stored = tensors.take(nameOfB, FusedParts.outputs(config, module), rank / parts);
            Tensor b = tensors.scope().keep(FusedParts.whole(config, module, stored));
            return new LowRank(a, b, config.scalingAt(path));
        }
        return new LowRank(a, tensors.take(nameOfB, shape[0], rank), config.scalingAt(path));
    }

    private LowRank beside(Kernel kernel, AdapterTensors tensors, long out) {
        LoraConfig config = parsed.config();
        kernel.requireFit(config);
        if (loralib) {
            throw new AdapterException(file + ": loralib's pair beside the convolution " + kernel.path()
                    + " has other matrices than PEFT's, which fit square kernels only; it is not read");
        }
        String path = kernel.path();
        int rank = config.rankAt(path);
        Tensor a = tensors.take(TensorNames.loraA(path, false), rank, kernel.inChannels(), kernel.width());
        Tensor b = tensors.take(TensorNames.loraB(path, false), out, rank / kernel.groups(), 1);
        Scope owner = tensors.scope();
        LowRank pair = new LowRank(owner.keep(Kernel.a(a)), owner.keep(kernel.b(b)), config.scalingAt(path));
        return kernel.grouped(pair, owner);
    }

    /** What takes off again what the pair began with; it follows from W, so an outline is not enough. */
    private LowRank anchor(Scope owner, FrozenMatrix weight, LowRank pair) {
        Initialization kind = parsed.config().initialization();
        if (weight.dense().norm(-1).sum().item() == 0) {
            throw new AdapterException(
                    file + ": the adapter began with a part of the base's weights (init_lora_weights " + kind.peftName()
                            + "), and this base has none; load it whole");
        }
        LowRank initial = new InitialPair(kind, pair.rank(), pair.scaling(), 0).of(weight);
        return new LowRank(owner.keep(initial.a()), owner.keep(initial.b().timesInPlace(-1)), initial.scaling());
    }

    /** PEFT writes the base's own table beside a pair for it; another size would mean another vocabulary. */
    private void skipBaseTable(String path, AdaptableModule module) {
        StoredTensor.Mapped stored = left.remove(TensorNames.weight(path + ".base_layer"));
        List<Long> expected = List.of(module.shape()[0], module.shape()[1]);
        if (stored != null && !stored.shape().equals(expected)) {
            throw new AdapterException(file + ": \"" + stored.name() + "\" has shape " + stored.shape()
                    + ", the base has " + expected + "; the adapter was trained with another vocabulary");
        }
    }

    private ModuleValues saved(AdapterParts parts, AdapterTensors tensors, AdaptableModule module) {
        String path = module.path();
        if (parts.transposed().contains(path)) {
            Tensor stored = tensors.take(TensorNames.weight(path), module.shape()[1], module.shape()[0]);
            Tensor weight = tensors.scope().keep(stored.transpose(0, 1));
            return new ModuleValues(weight, tensors.take(TensorNames.bias(path), weight.size(0)));
        }
        long[] shape = module.shape();
        boolean head = path.equals(model.headPlan().output());
        StoredTensor.Mapped stored = left.get(TensorNames.weight(path));
        if (head && stored != null && stored.shape().size() == 2) {
            shape[0] = stored.shape().get(0); // an adapter brings its own number of classes
        }
        Tensor weight = tensors.take(TensorNames.weight(path), shape);
        boolean biased = module.bias() != null || hasBias(path);
        return new ModuleValues(weight, biased ? tensors.take(TensorNames.bias(path), shape[0]) : null);
    }

    private Tensor bias(AdapterTensors tensors, AdaptableModule module) {
        String base = TensorNames.baseBias(module.path());
        String name = left.containsKey(base) ? base : TensorNames.bias(module.path());
        return tensors.take(name, Objects.requireNonNull(module.bias()).size(0));
    }
}
