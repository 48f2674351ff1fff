package dev.lora4j.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.AtomicDirectory;
import dev.lora4j.formats.FileContent;
import dev.lora4j.formats.safetensors.SafetensorsWriter;
import dev.lora4j.formats.safetensors.TensorContent;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.TensorPieces;
import dev.lora4j.model.LanguageModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a checkpoint holds: the adapter as PEFT has it, the optimizer's moments, the state, and last a manifest.
 *
 * <p>The manifest has the size and the SHA-256 of every other file; without it a folder is no checkpoint.
 */
final class CheckpointContent {
    static final String OPTIMIZER = "optimizer.safetensors";
    static final String STATE = "state.json";
    static final String MANIFEST = "manifest.json";
    static final int FORMAT = 1;

    private CheckpointContent() {}

    static void addTo(AtomicDirectory directory, TrainingRun run, LanguageModel model) {
        Map<String, FileContent> files =
                new LinkedHashMap<>(AdapterFolder.files(run.task().adapter(), model.name()));
        files.put(OPTIMIZER, optimizer(run));
        files.put(STATE, FileContent.text(state(run, model).toPrettyString()));
        ObjectNode manifest = new ObjectMapper().createObjectNode();
        manifest.put("format", FORMAT);
        ObjectNode entries = manifest.putObject("files");
        files.forEach((name, content) -> {
            Sha256 sum = Sha256.none();
            directory.file(name, sum.of(content));
            entries.putObject(name).put("bytes", sum.bytes()).put("sha256", sum.hex());
        });
        directory.text(MANIFEST, manifest.toPrettyString());
    }

    private static FileContent optimizer(TrainingRun run) {
        List<TensorContent> moments = new ArrayList<>();
        run.optimizer().state().forEach((name, tensor) -> moments.add(TensorPieces.of(name, tensor)));
        return SafetensorsWriter.content(moments, SafetensorsWriter.PYTORCH);
    }

    private static ObjectNode state(TrainingRun run, LanguageModel model) {
        TrainingRun.Progress progress = run.progress();
        ObjectNode state = new ObjectMapper().createObjectNode();
        state.put("format", FORMAT);
        state.put("step", progress.step());
        if (Double.isFinite(progress.bestLoss())) {
            state.put("best_loss", progress.bestLoss());
        }
        state.put("best_step", progress.bestStep());
        state.put("evaluations_since_best", progress.evaluationsSinceBest());
        state.set("identity", RunIdentity.of(run, model));
        return state;
    }
}
