package dev.lora4j.formats.hub;

import dev.lora4j.formats.Lora4jException;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Requests to the hub, with its redirects, and an end to answers that stall.
 *
 * <p>Redirects are followed here and not by the JDK, because the token may go to no other host. Safe for threads.
 */
final class HubHttp {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int MAX_REDIRECTS = 5;

    private final HubSettings settings;
    private final Duration stall;
    private final HttpClient client;

    /**
     * A client.
     *
     * @param stall how long an answer may send nothing
     */
    HubHttp(HubSettings settings, Duration stall) {
        this.settings = settings;
        this.stall = stall;
        this.client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .proxy(Optional.ofNullable(ProxySelector.getDefault()).orElseGet(() -> ProxySelector.of(null)))
                .build();
    }

    record Reply(int status, HttpHeaders headers) {
        boolean isRedirect() {
            return status >= 300 && status < 400;
        }

        Optional<String> header(String name) {
            return headers.firstValue(name);
        }
    }

    /** Asks for a file's headers; a redirect that describes the file is the answer. */
    Reply head(String path) throws IOException {
        URI uri = resolve(path);
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            Reply reply = send("HEAD", uri, Map.of(), new SmallBody(0));
            Optional<String> location = reply.header("Location");
            if (!reply.isRedirect()
                    || location.isEmpty()
                    || reply.header("X-Linked-Etag").isPresent()) {
                return reply;
            }
            URI next = uri.resolve(location.get());
            if (!isHub(next)) {
                return reply;
            }
            uri = next;
        }
        throw new IOException("the hub redirects more than " + MAX_REDIRECTS + " times");
    }

    /** Asks for content, wherever redirects lead. */
    Reply get(String path, Map<String, String> headers, Body body) throws IOException {
        URI uri = resolve(path);
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            Reply reply = send("GET", uri, headers, body);
            Optional<String> location = reply.header("Location");
            if (!reply.isRedirect() || location.isEmpty()) {
                return reply;
            }
            URI next = uri.resolve(location.get());
            boolean safe = "https".equals(next.getScheme())
                    || ("http".equals(next.getScheme()) && "http".equals(uri.getScheme()));
            if (!safe || next.getHost() == null) {
                throw new HubException(
                        "the hub redirects to " + next.getScheme() + "://…, which is not safe to follow");
            }
            uri = next;
        }
        throw new IOException("the hub redirects more than " + MAX_REDIRECTS + " times");
    }

    private URI resolve(String path) {
        return URI.create(settings.endpoint() + path);
    }

    private boolean isHub(URI uri) {
        URI hub = settings.endpoint();
        return hub.getScheme().equals(uri.getScheme())
                && hub.getHost().equals(uri.getHost())
                && hub.getPort() == uri.getPort();
    }

    private Reply send(String method, URI uri, Map<String, String> headers, Body body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(stall)
                .header("User-Agent", "lora4j")
                .header("Accept-Encoding", "identity");
        headers.forEach(request::header);
        if (!settings.token().isEmpty() && isHub(uri)) {
            request.header("Authorization", "Bearer " + settings.token());
        }
        HttpResponse<Void> response = await(client.sendAsync(request.build(), body::subscriber), body);
        return new Reply(response.statusCode(), response.headers());
    }

    private <T> T await(CompletableFuture<T> future, Body body) throws IOException {
        long before = -1;
        while (true) {
            try {
                return future.get(stall.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (body.received() == before) {
                    future.cancel(true);
                    throw new IOException("nothing arrived for " + stall.toSeconds() + " s", e);
                }
                before = body.received();
            } catch (ExecutionException e) {
                throw failure(e);
            } catch (InterruptedException e) {
                future.cancel(true);
                Thread.currentThread().interrupt();
                throw new HubException("the download was interrupted", e);
            }
        }
    }

    /** The reason as an IOException, which is worth another try, or as what the body itself threw. */
    private static IOException failure(ExecutionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof Lora4jException own) {
            throw own;
        }
        if (cause instanceof IOException io && io.getCause() instanceof Lora4jException own) {
            throw own;
        }
        return cause instanceof IOException io ? io : new IOException(String.valueOf(cause), e);
    }
}
