package dev.lora4j.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.MappedFile;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One checkpoint that is whole: every file as its manifest says. Immutable. */
final class Checkpoint {
    private final Path folder;

    private Checkpoint(Path folder) {
        this.folder = folder;
    }

    /** The checkpoint in a folder, unless it is not there or damaged. */
    static Optional<Checkpoint> open(Path folder) {
        return Files.isDirectory(folder) && damage(folder).isEmpty()
                ? Optional.of(new Checkpoint(folder))
                : Optional.empty();
    }

    /** What is wrong with a folder, naming the file; empty if nothing is. */
    static String damage(Path folder) {
        Path manifest = folder.resolve(CheckpointContent.MANIFEST);
        if (!Files.isRegularFile(manifest)) {
            return CheckpointContent.MANIFEST + " is missing";
        }
        try {
            ObjectNode json = JsonFile.read(manifest);
            if (json.path("format").asInt() != CheckpointContent.FORMAT) {
                return CheckpointContent.MANIFEST + " has format " + json.path("format") + ", expected "
                        + CheckpointContent.FORMAT;
            }
            for (Map.Entry<String, JsonNode> entry : json.path("files").properties()) {
                Path file = folder.resolve(entry.getKey());
                if (!Files.isRegularFile(file)) {
                    return entry.getKey() + " is missing";
                }
                boolean sized =
                        Files.size(file) == entry.getValue().path("bytes").asLong();
                if (!sized
                        || !Sha256.of(file)
                                .hex()
                                .equals(entry.getValue().path("sha256").asText())) {
                    return entry.getKey() + " is not what the manifest says";
                }
            }
            return "";
        } catch (IOException | Lora4jException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /**
     * Brings a run to where the checkpoint stands.
     *
     * @throws TrainingException naming every field that differs, if base, data, adapter or settings are not the same
     */
    void restore(TrainingRun run, LanguageModel model) {
        ObjectNode state = JsonFile.read(folder.resolve(CheckpointContent.STATE));
        List<String> differences = RunIdentity.differences(state.path("identity"), RunIdentity.of(run, model));
        if (!differences.isEmpty()) {
            throw new TrainingException(folder + ": the checkpoint belongs to another run: "
                    + String.join("; ", differences)
                    + "; resume with the same, or train into another folder");
        }
        long step = state.path("step").asLong();
        restoreAdapter(run);
        Map<String, Tensor> moments = new LinkedHashMap<>();
        try (Scope scope = Scope.open()) {
            read(CheckpointContent.OPTIMIZER, moments);
            run.optimizer().restore(moments, step);
        }
        run.resumeAt(new TrainingRun.Progress(
                step,
                state.path("best_loss").asDouble(Double.POSITIVE_INFINITY),
                state.path("best_step").asLong(),
                state.path("evaluations_since_best").asInt()));
    }

    /** Gives the run's adapter the values of the checkpoint. */
    void restoreAdapter(TrainingRun run) {
        Map<String, Tensor> values = new LinkedHashMap<>();
        try (Scope scope = Scope.open()) {
            read("adapter_model.safetensors", values);
            run.task().adapter().restore(values);
        }
    }

    private void read(String name, Map<String, Tensor> into) {
        Path file = folder.resolve(name);
        try (MappedFile mapped = MappedFile.open(file)) {
            for (StoredTensor.Mapped stored :
                    SafetensorsFile.open(file).tensors().values()) {
                long[] shape =
                        stored.shape().stream().mapToLong(Long::longValue).toArray();
                if (!stored.type().name().equals(DType.F32.name())) {
                    throw new InvalidFileException(file, "\"" + stored.name() + "\" is not float32");
                }
                into.put(stored.name(), mapped.tensor(stored.offset(), DType.F32, shape));
            }
        }
    }
}
