package dev.lora4j.formats.hub;

import dev.lora4j.formats.Disk;
import dev.lora4j.formats.DiskFullException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * Brings one file into the cache: to {@code <digest>.incomplete}, from where it ended last time, checked, then renamed.
 */
final class BlobDownload {
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final HubHttp http;
    private final HubApi api;
    private final Attempts attempts;
    private final DownloadProgress progress;

    BlobDownload(HubHttp http, HubApi api, Attempts attempts, DownloadProgress progress) {
        this.http = http;
        this.api = api;
        this.attempts = attempts;
        this.progress = progress;
    }

    /** The caller holds the lock of the blob. */
    void run(String path, RemoteFile file, Path blob) throws IOException {
        Files.createDirectories(blob.resolveSibling(""));
        Path incomplete = blob.resolveSibling(blob.getFileName() + ".incomplete");
        boolean resumed = Files.exists(incomplete);
        String found = fetch(path, file, incomplete);
        if (resumed && !found.equals(file.digest())) {
            Files.delete(incomplete); // what was left there need not have been a beginning of this file
            found = fetch(path, file, incomplete);
        }
        if (!found.equals(file.digest())) {
            Files.delete(incomplete);
            throw new HubException(file.name() + " arrived with the digest " + found + ", the hub announced "
                    + file.digest() + "; it was removed, try again");
        }
        force(incomplete);
        Disk.real().move(incomplete, blob);
        Disk.real().forceDirectory(blob.resolveSibling(""));
    }

    private String fetch(String path, RemoteFile file, Path incomplete) throws IOException {
        return attempts.of("the download of " + file.name(), () -> {
            fetchRest(path, file, incomplete);
            return BlobDigest.like(file.digest(), incomplete);
        });
    }

    private void fetchRest(String path, RemoteFile file, Path incomplete) throws IOException {
        try (FileChannel channel = FileChannel.open(incomplete, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (channel.size() > file.size()) {
                channel.truncate(0);
            }
            long have = channel.size();
            if (have == file.size()) {
                return;
            }
            requireSpace(file, incomplete, have);
            FileBody body = new FileBody(channel, file, progress);
            HubHttp.Reply reply = http.get(path, have == 0 ? Map.of() : Map.of("Range", "bytes=" + have + "-"), body);
            if (reply.status() == RANGE_NOT_SATISFIABLE) {
                channel.truncate(0);
                throw new IOException("the hub could not go on from byte " + have);
            }
            api.requireSuccess(reply, file.name());
            if (channel.size() < file.size()) {
                throw new IOException("it ended after " + channel.size() + " of " + file.size() + " bytes");
            }
        }
    }

    private static void requireSpace(RemoteFile file, Path incomplete, long have) throws IOException {
        long free = Disk.real().free(incomplete) + have;
        if (free < file.size()) {
            throw new DiskFullException(incomplete, file.size(), free);
        }
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }
}
