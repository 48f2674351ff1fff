package dev.lora4j.formats.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/** An answer that is appended to a file, from where the file ends or from its start, as the hub decides. */
final class FileBody implements Body {
    private static final int OK = 200;
    private static final int PARTIAL = 206;

    private final FileChannel file;
    private final RemoteFile expected;
    private final DownloadProgress progress;
    private volatile long size;

    FileBody(FileChannel file, RemoteFile expected, DownloadProgress progress) throws IOException {
        this.file = file;
        this.expected = expected;
        this.progress = progress;
        this.size = file.size();
    }

    @Override
    public HttpResponse.BodySubscriber<Void> subscriber(HttpResponse.ResponseInfo info) {
        boolean resumes = info.statusCode() == PARTIAL
                && info.headers().firstValue("Content-Range").orElse("").startsWith("bytes " + size + "-");
        if (resumes) {
            return HttpResponse.BodySubscribers.ofByteArrayConsumer(this::append);
        }
        if (info.statusCode() == OK) {
            startAgain();
            return HttpResponse.BodySubscribers.ofByteArrayConsumer(this::append);
        }
        return HttpResponse.BodySubscribers.discarding();
    }

    private void startAgain() {
        try {
            file.truncate(0);
            file.position(0);
            size = 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void append(Optional<byte[]> part) {
        if (part.isEmpty()) {
            return;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(part.get());
            file.position(size);
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        size = Math.addExact(size, part.get().length);
        if (size > expected.size()) {
            throw new HubException("the hub sends more for " + expected.name() + " than the " + expected.size()
                    + " bytes that it announced");
        }
        progress.advanced(expected.name(), size, expected.size());
    }

    @Override
    public long received() {
        return size;
    }
}
