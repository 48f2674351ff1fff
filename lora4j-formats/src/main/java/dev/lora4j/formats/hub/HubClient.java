package dev.lora4j.formats.hub;

import dev.lora4j.formats.ContainedPath;
import dev.lora4j.formats.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Downloads models from the Hugging Face hub into the cache that Python uses too.
 *
 * <p>Every file is checked against the digest and size that the hub announces. Safe for threads and, by locks, for
 * processes.
 */
public final class HubClient {
    private static final Duration STALL = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 5;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final HubSettings settings;
    private final DownloadProgress progress;
    private final HubHttp http;
    private final Attempts attempts;

    private HubClient(HubSettings settings, DownloadProgress progress, Duration stall, Duration pause) {
        this.settings = settings;
        this.progress = progress;
        this.http = new HubHttp(settings, stall);
        this.attempts = new Attempts(ATTEMPTS, pause);
    }

    /** A client that tells how far it is. */
    public static HubClient of(HubSettings settings, DownloadProgress progress) {
        return new HubClient(settings, progress, STALL, PAUSE);
    }

    static HubClient impatient(HubSettings settings, DownloadProgress progress, Duration stall) {
        return new HubClient(settings, progress, stall, Duration.ofMillis(1));
    }

    /**
     * What the cache has, without asking the hub.
     *
     * @param repo {@code organisation/name}
     * @param revision a branch, a tag or a commit; {@code main} is usual
     * @return the snapshot's folder, if it is complete
     */
    public Optional<Path> cached(String repo, String revision) {
        return new HubCache(settings, new RepositoryName(repo, revision)).complete();
    }

    /**
     * Downloads what a model needs and the cache does not have.
     *
     * <p>If the hub cannot be reached, what the cache has is taken.
     *
     * @return the snapshot's folder, which a model can be loaded from
     * @throws HubException if the hub refuses, or neither hub nor cache has it
     */
    public Path pull(String repo, String revision) {
        RepositoryName repository = new RepositoryName(repo, revision);
        HubCache cache = new HubCache(settings, repository);
        Optional<Path> complete = cache.complete();
        if (complete.isPresent() && (repository.isCommit() || settings.offline())) {
            return complete.get();
        }
        if (settings.offline()) {
            throw new HubException(repository + " is not in the cache " + settings.cache()
                    + ", and HF_HUB_OFFLINE forbids to download it");
        }
        try {
            return download(repository, cache);
        } catch (IOException e) {
            if (complete.isEmpty()) {
                throw new HubException(
                        "cannot download " + repository + " from " + settings.endpoint() + ": " + reason(e), e);
            }
            progress.usesCache(reason(e));
            return complete.get();
        }
    }

    private Path download(RepositoryName repository, HubCache cache) throws IOException {
        HubApi api = new HubApi(settings, http, repository);
        HubApi.Listing listing = attempts.of("the list of files", api::listing);
        Path snapshot = cache.snapshot(listing.commit());
        Fetch fetch = new Fetch(repository, cache, api, listing.commit());
        for (String name : WantedFiles.of(repository, listing.files())) {
            fetch.file(name);
            if (name.equals(WantedFiles.INDEX)) {
                Path index = snapshot.resolve(name);
                for (String shard : WantedFiles.shards(JsonFile.read(index))) {
                    ContainedPath.resolve(snapshot, shard, index);
                    fetch.file(shard);
                }
            }
        }
        cache.point(listing.commit());
        return snapshot;
    }

    private final class Fetch {
        private final RepositoryName repository;
        private final HubCache cache;
        private final HubApi api;
        private final String commit;

        Fetch(RepositoryName repository, HubCache cache, HubApi api, String commit) {
            this.repository = repository;
            this.cache = cache;
            this.api = api;
            this.commit = commit;
        }

        void file(String name) throws IOException {
            RemoteFile file = attempts.of("the question about " + name, () -> api.file(commit, name));
            Path blob = cache.blob(file);
            cache.exclusively(file, () -> {
                if (!Files.exists(blob) || Files.size(blob) != file.size()) {
                    new BlobDownload(http, api, attempts, progress).run(repository.filePath(commit, name), file, blob);
                }
                cache.link(file, commit);
            });
        }
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
