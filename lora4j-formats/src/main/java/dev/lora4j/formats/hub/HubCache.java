package dev.lora4j.formats.hub;

import dev.lora4j.formats.AtomicFile;
import dev.lora4j.formats.ContainedPath;
import dev.lora4j.formats.JsonFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * One repository in the cache: {@code blobs/<digest>}, {@code refs/<revision>} and {@code snapshots/<commit>/<file>}.
 *
 * <p>As in huggingface.co/docs/hub/local-cache, so that Python finds what Java has downloaded and the other way round.
 */
final class HubCache {
    private static final long LOCK_PAUSE_MILLIS = 100;

    private final HubSettings settings;
    private final RepositoryName repository;
    private final Path folder;

    HubCache(HubSettings settings, RepositoryName repository) {
        this.settings = settings;
        this.repository = repository;
        this.folder = settings.cache().resolve(repository.folder());
    }

    /** The snapshot of the revision, if it has all that a model needs. */
    Optional<Path> complete() {
        return commit().map(this::snapshot).filter(HubCache::isComplete);
    }

    private Optional<String> commit() {
        if (repository.isCommit()) {
            return Optional.of(repository.revision());
        }
        Path ref = ContainedPath.resolve(folder.resolve("refs"), repository.revision(), repository);
        return Files.isRegularFile(ref)
                ? Optional.of(JsonFile.readText(ref).strip()).filter(RepositoryName::isCommit)
                : Optional.empty();
    }

    private static boolean isComplete(Path snapshot) {
        if (Files.exists(snapshot.resolve("adapter_config.json"))) {
            return Files.exists(snapshot.resolve("adapter_model.safetensors"));
        }
        if (!Files.exists(snapshot.resolve("config.json"))) {
            return false;
        }
        Path index = snapshot.resolve(WantedFiles.INDEX);
        return Files.exists(snapshot.resolve(WantedFiles.SINGLE))
                || (Files.exists(index)
                        && WantedFiles.shards(JsonFile.read(index)).stream()
                                .allMatch(shard -> Files.exists(ContainedPath.resolve(snapshot, shard, index))));
    }

    Path snapshot(String commit) {
        return folder.resolve("snapshots").resolve(commit);
    }

    Path blob(RemoteFile file) {
        return folder.resolve("blobs").resolve(file.digest());
    }

    /** Makes a blob visible under the name of the file. */
    void link(RemoteFile file, String commit) throws IOException {
        Path snapshot = snapshot(commit);
        Path name = ContainedPath.resolve(snapshot, file.name(), repository);
        Files.createDirectories(name.resolveSibling(""));
        Path blob = blob(file);
        if (Files.exists(name) && Files.size(name) == file.size()) {
            return;
        }
        Files.deleteIfExists(name); // a link whose blob was removed, or a copy of a damaged one
        if (settings.symlinks()) {
            try {
                Files.createSymbolicLink(name, name.resolveSibling("").relativize(blob));
                return;
            } catch (FileAlreadyExistsException e) {
                return; // another process was faster
            } catch (IOException | UnsupportedOperationException e) {
                // Windows allows links to few users: fall through to a copy
            }
        }
        try (InputStream source = Files.newInputStream(blob)) {
            AtomicFile.copyIfAbsent(source, name);
        }
    }

    /** Remembers which commit a branch or tag means, once the snapshot is complete. */
    void point(String commit) {
        if (!repository.revision().equals(commit)) {
            AtomicFile.writeString(
                    ContainedPath.resolve(folder.resolve("refs"), repository.revision(), repository), commit);
        }
    }

    /** What may not happen twice at the same time. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }

    /**
     * Runs it when no other process, and no other thread of this one, works on the same blob.
     *
     * <p>The lock's file stays: removing it would let two others lock different files of one name.
     */
    void exclusively(RemoteFile file, Action action) throws IOException {
        Path locks = settings.cache().resolve(".locks").resolve(repository.folder());
        Files.createDirectories(locks);
        Path name = locks.resolve(file.digest() + ".lock");
        try (FileChannel channel = FileChannel.open(name, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            FileLock lock = waitFor(channel);
            try {
                action.run();
            } finally {
                lock.release();
            }
        }
    }

    private FileLock waitFor(FileChannel channel) throws IOException {
        while (true) {
            try {
                return channel.lock();
            } catch (OverlappingFileLockException e) { // another thread of this process has it
                try {
                    Thread.sleep(LOCK_PAUSE_MILLIS);
                } catch (InterruptedException interrupt) {
                    Thread.currentThread().interrupt();
                    throw new HubException("the download of " + repository + " was interrupted", interrupt);
                }
            }
        }
    }
}
