package dev.lora4j.server.web;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Scripts, styles and the icon: read once out of the jars and kept. Immutable.
 *
 * <p>A file's address ends in a part of its digest, so that a browser may keep it for ever.
 */
final class PageAssets {
    static final String PREFIX = "/web/assets/";

    private static final String WEBJARS = "/META-INF/resources/webjars/";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";
    private static final int VERSION_CHARS = 12;

    private static final Map<String, Source> SOURCES = Map.of(
            "htmx.js", new Source(WEBJARS + "htmx.org/2.0.10/dist/htmx.min.js", SCRIPT),
            "htmx-sse.js", new Source(WEBJARS + "htmx-ext-sse/2.2.2/sse.js", SCRIPT),
            "uplot.js", new Source(WEBJARS + "uplot/1.6.30/dist/uPlot.iife.min.js", SCRIPT),
            "uplot.css", new Source(WEBJARS + "uplot/1.6.30/dist/uPlot.min.css", STYLE),
            "page.js", new Source("page.js", SCRIPT),
            "page.css", new Source("page.css", STYLE),
            "icon.svg", new Source("icon.svg", "image/svg+xml"));

    private record Source(String resource, String type) {}

    @SuppressWarnings("ArrayRecordComponent") // written out, never compared
    private record Asset(byte[] content, String type, String version) {}

    private final Map<String, Asset> assets = new TreeMap<>();

    PageAssets() {
        SOURCES.forEach((name, source) -> assets.put(name, read(source)));
    }

    private static Asset read(Source source) {
        try (InputStream in = PageAssets.class.getResourceAsStream(source.resource())) {
            if (in == null) {
                throw new IllegalStateException(source.resource() + " is not on the class path; is a jar missing?");
            }
            byte[] content = in.readAllBytes();
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            return new Asset(content, source.type(), digest.substring(0, VERSION_CHARS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Where a browser finds a file. */
    String url(String name) {
        Asset asset = assets.get(name);
        if (asset == null) {
            throw new IllegalArgumentException("the page has no file " + name);
        }
        return PREFIX + name + "?v=" + asset.version();
    }

    List<PageRoute> routes() {
        return assets.entrySet().stream()
                .map(entry -> new PageRoute(
                        HandlerType.GET, PREFIX + entry.getKey(), context -> send(context, entry.getValue())))
                .toList();
    }

    private static void send(Context context, Asset asset) {
        context.header("X-Content-Type-Options", "nosniff");
        context.header("Cache-Control", "public, max-age=31536000, immutable");
        context.contentType(asset.type()).result(asset.content());
    }
}
