package dev.lora4j.formats.hub;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** An answer that is kept in memory up to a limit. */
final class SmallBody implements Body {
    private final int limit;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    SmallBody(int limit) {
        this.limit = limit;
    }

    @Override
    public HttpResponse.BodySubscriber<Void> subscriber(HttpResponse.ResponseInfo info) {
        bytes.reset();
        return HttpResponse.BodySubscribers.ofByteArrayConsumer(this::accept);
    }

    private void accept(Optional<byte[]> part) {
        part.ifPresent(bytes::writeBytes);
        if (bytes.size() > limit) {
            throw new HubException("the hub answers with more than " + limit + " bytes");
        }
    }

    @Override
    public long received() {
        return bytes.size();
    }

    String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
