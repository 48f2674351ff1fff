package dev.lora4j.server.finetuning;

import dev.lora4j.formats.AtomicFile;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models that jobs make, on the disk and under their names: one for each checkpoint that is kept, and the finished one.
 *
 * <p>A job has a folder with its checkpoints, as the trainer writes them, and its model. Safe for any number of threads.
 */
public final class FineTunedModels {
    private static final Logger LOG = LoggerFactory.getLogger(FineTunedModels.class);
    private static final Pattern CHECKPOINT = Pattern.compile("step-(\\d{8,18})");

    private final JobStore store;
    private final Path folder;
    private final Serving serving;

    FineTunedModels(JobStore store, Path folder, Serving serving) {
        this.store = store;
        this.folder = folder;
        this.serving = serving;
    }

    /** Where the trainer puts what a job needs to go on. */
    Path work(FineTuningJob job) {
        return folder.resolve(job.id());
    }

    private Path model(FineTuningJob job) {
        return work(job).resolve("model");
    }

    /** Serves all that there is of a job, as after a start; what cannot be read is named in the log. */
    void restore(FineTuningJob job) {
        removeStrays(job);
        if (job.status() == JobStatus.SUCCEEDED && !job.modelDeleted()) {
            tryPublish(job.modelName(), job, model(job));
        }
        for (JobCheckpoint checkpoint : store.checkpoints(job.id())) {
            Path adapter = checkpointFolder(job, checkpoint.step());
            if (Files.exists(adapter)) {
                tryPublish(checkpoint.modelName(), job, adapter);
            }
        }
        noteCheckpoints(job);
        removeDeleted(job);
    }

    private boolean tryPublish(String name, FineTuningJob job, Path adapter) {
        try {
            serving.publish(name, job.owner(), adapter);
            return true;
        } catch (Lora4jException e) {
            LOG.warn("{} is not served: {}", name, e.getMessage());
            return false;
        }
    }

    private Path checkpointFolder(FineTuningJob job, long step) {
        return checkpointFolders(job)
                .getOrDefault(step, work(job).resolve("checkpoints").resolve("step-none"));
    }

    /** The checkpoints on the disk, by their steps. */
    private Map<Long, Path> checkpointFolders(FineTuningJob job) {
        Map<Long, Path> folders = new TreeMap<>();
        Path checkpoints = work(job).resolve("checkpoints");
        if (Files.isDirectory(checkpoints)) {
            for (Path each : entries(checkpoints)) {
                Matcher name = CHECKPOINT.matcher(each.getFileName().toString());
                if (name.matches() && AdapterFolder.isAdapter(each)) {
                    folders.put(Long.parseLong(name.group(1)), each);
                }
            }
        }
        return folders;
    }

    private static List<Path> entries(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        } catch (IOException e) {
            throw FileAccessException.reading(folder, e);
        }
    }

    /**
     * Brings the list of a job's checkpoints, and what is served of them, to what is on the disk.
     *
     * <p>One that came before a crash is noted by this too; one that the trainer has dropped is gone.
     */
    void noteCheckpoints(FineTuningJob job) {
        Map<Long, Path> present = checkpointFolders(job);
        present.forEach((step, adapter) -> {
            boolean known = store.checkpoints(job.id()).stream().anyMatch(each -> each.step() == step);
            if (!known
                    && !store.isCheckpointDeleted(job.id(), step)
                    && tryPublish(Names.checkpoint(job.modelName(), step), job, adapter)) {
                store.checkpoint(job, step);
            }
        });
        for (JobCheckpoint checkpoint : store.checkpoints(job.id())) {
            if (!present.containsKey(checkpoint.step())) {
                store.checkpointDeleted(job.id(), checkpoint.step());
                serving.remove(checkpoint.modelName());
            }
        }
    }

    /** Writes a job's model and serves it; of an earlier try nothing is left. */
    void publish(FineTuningJob job, Adapter adapter) {
        delete(model(job));
        AdapterFolder.write(adapter, job.base(), model(job));
        serving.publish(job.modelName(), job.owner(), model(job));
    }

    /** Takes back a model whose job was cancelled at the last moment. */
    void discard(FineTuningJob job) {
        serving.remove(job.modelName());
        delete(model(job));
    }

    /**
     * Deletes a model, a finished one or a checkpoint's; requests that run keep it.
     *
     * @throws RefusedException if there is none of this name, or it is another's
     */
    public void delete(Account account, String name) {
        Optional<JobCheckpoint> checkpoint = store.checkpointOfModel(name);
        FineTuningJob job = checkpoint
                .flatMap(each -> store.find(each.job()))
                .or(() -> store.ofModel(name)
                        .filter(each -> each.status() == JobStatus.SUCCEEDED && !each.modelDeleted()))
                .filter(each -> account.sees(each.owner()))
                .orElseThrow(() -> RefusedException.notFound(
                        "model", "The model '" + TrainingFiles.shown(name) + "' does not exist"));
        if (checkpoint.isPresent()) {
            store.checkpointDeleted(job.id(), checkpoint.get().step());
        } else {
            store.modelDeleted(job.id());
        }
        serving.remove(name);
        store.find(job.id()).ifPresent(this::removeDeleted);
    }

    /** Removes the bytes of what was deleted; a job that has not ended may need its checkpoints to go on. */
    void removeDeleted(FineTuningJob job) {
        if (!job.status().isEnd()) {
            return;
        }
        checkpointFolders(job).forEach((step, adapter) -> {
            if (store.isCheckpointDeleted(job.id(), step)) {
                delete(adapter);
            }
        });
        if (job.modelDeleted()) {
            delete(model(job));
        }
    }

    /** Moves a folder away first, so that a crash in between leaves no half of it under its name. */
    private static void delete(Path doomed) {
        if (!Files.exists(doomed)) {
            return;
        }
        Path moved = doomed.resolveSibling("deleted-" + Names.id(""));
        try {
            Files.move(doomed, moved);
            deleteTree(moved);
        } catch (IOException e) {
            throw FileAccessException.writing(doomed, e);
        }
    }

    private static void deleteTree(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Removes what a crash has left half written or half deleted in a job's folder. */
    private void removeStrays(FineTuningJob job) {
        Path root = work(job);
        for (Path place : List.of(root, root.resolve("checkpoints"))) {
            if (Files.isDirectory(place)) {
                for (Path each : entries(place)) {
                    String name = each.getFileName().toString();
                    if (AtomicFile.isTemporary(each) || name.startsWith("deleted-") || name.endsWith(".tmp-deleted")) {
                        try {
                            deleteTree(each);
                        } catch (IOException e) {
                            throw FileAccessException.writing(each, e);
                        }
                    }
                }
            }
        }
    }
}
