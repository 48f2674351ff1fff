package dev.lora4j.formats.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A hub on the loopback with one repository, {@code org/model}, whose large files lie on a second server.
 *
 * <p>It can refuse, break off, stall and lie.
 */
final class FakeHub implements AutoCloseable {
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String RESOLVE = "/org/model/resolve/" + COMMIT + "/";

    private final HttpServer hub = start();
    private final HttpServer storage = start();
    private final Map<String, byte[]> small = new TreeMap<>();
    private final Map<String, byte[]> large = new TreeMap<>();
    private final Map<String, byte[]> lies = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile int breakAfter = Integer.MAX_VALUE;
    private final AtomicInteger breaks = new AtomicInteger();
    private volatile int refusal;
    private volatile String errorCode = "";
    private volatile boolean rangesIgnored;
    private volatile boolean stalling;

    FakeHub() {
        hub.createContext("/", this::answer);
        storage.createContext("/", this::answerFromStorage);
    }

    private static HttpServer start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newCachedThreadPool(task -> {
                Thread thread = new Thread(task, "fake hub");
                thread.setDaemon(true);
                return thread;
            }));
            server.start();
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + hub.getAddress().getPort());
    }

    FakeHub small(String name, String content) {
        small.put(name, content.getBytes(UTF_8));
        return this;
    }

    FakeHub large(String name, byte[] content) {
        large.put(name, content);
        return this;
    }

    /** Sends other bytes than it announces. */
    void lieAbout(String name, byte[] content) {
        lies.put(name, content);
    }

    /** Ends the next answers from the storage after so many bytes. */
    void breakOff(int afterBytes, int times) {
        breakAfter = afterBytes;
        breaks.set(times);
    }

    void refuseEverything(int status, String code) {
        refusal = status;
        errorCode = code;
    }

    void ignoreRanges() {
        rangesIgnored = true;
    }

    void stall() {
        stalling = true;
    }

    /** Method, path, range and whether a token came along, in the order of arrival. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    List<String> requests(String part) {
        return requests.stream().filter(request -> request.contains(part)).toList();
    }

    static String sha256(byte[] content) {
        return digest("SHA-256", content);
    }

    static String gitSha1(byte[] content) {
        byte[] header = ("blob " + content.length + "\0").getBytes(UTF_8);
        byte[] all = Arrays.copyOf(header, header.length + content.length);
        System.arraycopy(content, 0, all, header.length, content.length);
        return digest("SHA-1", all);
    }

    private static String digest(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void record(String server, HttpExchange exchange) {
        String range = exchange.getRequestHeaders().getFirst("Range");
        String token = exchange.getRequestHeaders().getFirst("Authorization");
        requests.add(server + " " + exchange.getRequestMethod() + " "
                + exchange.getRequestURI().getRawPath() + (range == null ? "" : " " + range)
                + (token == null ? "" : " " + token));
    }

    private void answer(HttpExchange exchange) throws IOException {
        record("hub", exchange);
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (refusal != 0) {
                exchange.getResponseHeaders().set("X-Error-Code", errorCode);
                exchange.sendResponseHeaders(refusal, -1);
            } else if (path.startsWith("/api/models/org/model/revision/")) {
                String files = Stream.concat(small.keySet().stream(), large.keySet().stream())
                        .map(name -> "{\"rfilename\":\"" + name + "\"}")
                        .collect(Collectors.joining(","));
                send(exchange, 200, ("{\"sha\":\"" + COMMIT + "\",\"siblings\":[" + files + "]}").getBytes(UTF_8));
            } else if (path.startsWith(RESOLVE)) {
                answerFile(exchange, path.substring(RESOLVE.length()));
            } else {
                exchange.getResponseHeaders().set("X-Error-Code", "RepoNotFound");
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void answerFile(HttpExchange exchange, String name) throws IOException {
        exchange.getResponseHeaders().set("X-Repo-Commit", COMMIT);
        byte[] smallFile = small.get(name);
        byte[] largeFile = large.get(name);
        if (smallFile != null) {
            exchange.getResponseHeaders().set("ETag", "\"" + gitSha1(smallFile) + "\"");
            send(exchange, 200, lies.getOrDefault(name, smallFile));
        } else if (largeFile != null) {
            exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + sha256(largeFile) + "\"");
            exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(largeFile.length));
            exchange.getResponseHeaders()
                    .set("Location", "http://127.0.0.1:" + storage.getAddress().getPort() + "/" + name + "?signed=1");
            exchange.sendResponseHeaders(302, -1);
        } else {
            exchange.getResponseHeaders().set("X-Error-Code", "EntryNotFound");
            exchange.sendResponseHeaders(404, -1);
        }
    }

    private void answerFromStorage(HttpExchange exchange) throws IOException {
        record("storage", exchange);
        try (exchange) {
            String name = exchange.getRequestURI().getPath().substring(1);
            byte[] content = lies.getOrDefault(name, Objects.requireNonNull(large.get(name)));
            String range = exchange.getRequestHeaders().getFirst("Range");
            if (range == null || rangesIgnored) {
                send(exchange, 200, content);
                return;
            }
            int from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
            send(exchange, 206, Arrays.copyOfRange(content, from, content.length));
        }
    }

    private void send(HttpExchange exchange, int status, byte[] content) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(content.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
        boolean fromStorage =
                exchange.getLocalAddress().getPort() == storage.getAddress().getPort();
        boolean breaking = fromStorage && content.length > breakAfter && breaks.getAndDecrement() > 0;
        exchange.getResponseBody().write(content, 0, breaking ? breakAfter : content.length);
        exchange.getResponseBody().flush();
        if (breaking) {
            if (stalling) {
                sleepLong();
            }
        }
    }

    private static void sleepLong() {
        try {
            Thread.sleep(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        hub.stop(0);
        storage.stop(0);
    }
}
