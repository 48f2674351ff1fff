package dev.lora4j.training;

import dev.lora4j.formats.AtomicDirectory;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.model.LanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one run: folders {@code step-00000120}, each written whole or not at all and never changed.
 *
 * <p>A folder counts only if its manifest is there and fits every file. Confined to the training thread.
 */
final class CheckpointStore {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);

    private final Path folder;

    private CheckpointStore(Path folder) {
        this.folder = folder;
    }

    /** The checkpoints under a run's output folder. */
    static CheckpointStore of(Path output) {
        return new CheckpointStore(output.resolve("checkpoints"));
    }

    /** Writes the run's state and forgets what is older than the configuration keeps. */
    Path save(TrainingRun run, LanguageModel model) {
        long step = run.progress().step();
        Path target = path(step);
        if (Checkpoint.open(target).isEmpty()) {
            discard(target);
            AtomicDirectory.write(target, directory -> CheckpointContent.addTo(directory, run, model));
        }
        forgetOld(run);
        return target;
    }

    private Path path(long step) {
        return folder.resolve(String.format(Locale.ROOT, "step-%08d", step));
    }

    /** The newest checkpoint that is whole; damaged ones are named in the log and passed over. */
    Optional<Checkpoint> newest() {
        for (Path candidate : newestFirst()) {
            Optional<Checkpoint> checkpoint = Checkpoint.open(candidate);
            if (checkpoint.isPresent()) {
                return checkpoint;
            }
            LOG.warn(
                    "checkpoint {} is damaged ({}); trying the one before it", candidate, Checkpoint.damage(candidate));
        }
        return Optional.empty();
    }

    /** The checkpoint of a step, if it is there and whole. */
    Optional<Checkpoint> at(long step) {
        return Checkpoint.open(path(step));
    }

    private List<Path> newestFirst() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(path -> path.getFileName().toString().matches("step-\\d{8,}"))
                    .sorted(Comparator.comparing(Path::getFileName).reversed())
                    .toList();
        } catch (IOException e) {
            throw FileAccessException.reading(folder, e);
        }
    }

    private void forgetOld(TrainingRun run) {
        List<Path> all = newestFirst();
        Set<Path> kept = new HashSet<>(
                all.subList(0, Math.min(all.size(), run.task().config().keepCheckpoints())));
        kept.add(path(run.progress().bestStep()));
        all.stream().filter(path -> !kept.contains(path)).forEach(this::discard);
    }

    /** Removes a folder so that a crash in between leaves nothing that looks like a checkpoint. */
    private void discard(Path target) {
        if (!Files.exists(target)) {
            return;
        }
        try {
            Path doomed = target.resolveSibling(target.getFileName() + ".tmp-deleted");
            Files.move(target, doomed);
            try (Stream<Path> tree = Files.walk(doomed)) {
                for (Path path :
                        new ArrayList<>(tree.sorted(Comparator.reverseOrder()).toList())) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            throw FileAccessException.writing(target, e);
        }
    }
}
