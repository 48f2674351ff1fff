package dev.lora4j.server;

import dev.lora4j.server.finetuning.RefusedException;
import dev.lora4j.server.web.SameOrigin;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP over one port: limits, keys, and errors in the API's shape whatever goes wrong. */
final class HttpServer {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final int SPARE_THREADS = 32;
    private static final Duration CHECK = Duration.ofMillis(10);

    private final Javalin javalin;
    private final RequestSpans spans;
    private final AtomicInteger inFlight = new AtomicInteger();

    HttpServer(List<Route> routes, ServerOptions options, RequestSpans spans) {
        this.spans = spans;
        Limits limits = options.limits();
        Set<String> open = routes.stream()
                .filter(route -> route.permission() == Permission.OPEN || route.permission() == Permission.PAGE)
                .map(Route::path)
                .collect(Collectors.toSet());
        Gate gate = new Gate(options.keys(), open);
        javalin = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.startup.startupWatcherEnabled = false;
            config.http.compressionStrategy = CompressionStrategy.NONE; // it would hold back events
            config.http.prefer405over404 = true;
            // a thread for every request that can run or wait, and some to say no
            config.jetty.threadPool = new QueuedThreadPool(limits.running() + limits.queued() + SPARE_THREADS);
            config.jetty.modifyHttpConfiguration(http -> configure(http, limits));
            config.jetty.modifyServer(server -> {
                server.addBean(new NetworkConnectionLimit(limits.connections(), server));
                server.setErrorHandler(new HttpErrors());
                server.setStopAtShutdown(false);
            });
            config.jetty.addConnector((server, http) -> connector(server, http, options));
            addRoutes(config, routes, gate);
            addErrors(config);
        });
    }

    private static void configure(HttpConfiguration http, Limits limits) {
        http.setRequestHeaderSize(Limits.HEADER_BYTES);
        http.setIdleTimeout(limits.idle().toMillis());
        http.setSendServerVersion(false);
        http.setHeaderCacheCaseSensitive(true); // else a key in capitals would make the connection forget the true one
        // a hub's name has a slash, which clients write as %2F
        http.setUriCompliance(
                UriCompliance.DEFAULT.with("slashes in names", UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR));
    }

    private static ServerConnector connector(Server server, HttpConfiguration http, ServerOptions options) {
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(options.host());
        connector.setPort(options.port());
        connector.setIdleTimeout(options.limits().idle().toMillis());
        return connector;
    }

    private void addRoutes(JavalinConfig config, List<Route> routes, Gate gate) {
        config.routes.before(context -> {
            inFlight.incrementAndGet();
            AccessLog.begin(context);
            if (!gate.isOpen(context)) { // nobody wants a trace of a probe, or of what a page fetches
                spans.begin(context);
            }
            gate.identify(context);
        });
        config.routes.beforeMatched(gate::permit);
        for (Route route : routes) {
            config.routes.addHttpHandler(
                    route.method(),
                    route.path(),
                    context -> {
                        if (route.permission() != Permission.PAGE) { // which looks after that itself
                            requireOurs(context, route.json());
                        }
                        route.handler().handle(context);
                    },
                    route.permission());
        }
        config.requestLogger.http((context, milliseconds) -> {
            spans.end(context);
            AccessLog.end(context, milliseconds);
            inFlight.decrementAndGet();
        });
    }

    private static void addErrors(JavalinConfig config) {
        config.routes.exception(ApiError.class, (error, context) -> Responses.error(context, error));
        config.routes.exception(
                RefusedException.class, (refused, context) -> Responses.error(context, ApiError.of(refused)));
        config.routes.exception(HttpResponseException.class, (error, context) -> {
            if (error.getStatus() == 405) { // with the methods that there are, as its only detail
                context.header("Allow", String.join(", ", error.getDetails().values()));
            }
            Responses.error(context, ofHttp(error.getStatus(), context));
        });
        config.routes.exception(ClientGoneException.class, (gone, context) -> {
            LOG.debug("{}: {}", AccessLog.requestId(context), gone.getMessage());
            context.status(499); // for the access log: nobody reads it
        });
        config.routes.exception(Exception.class, (failure, context) -> {
            LOG.error("{} failed", AccessLog.requestId(context), failure);
            Responses.error(
                    context,
                    ApiError.internal("The server had an error while processing your request (request id "
                            + AccessLog.requestId(context) + ")."));
        });
    }

    private static ApiError ofHttp(int status, Context context) {
        String what = context.req().getMethod() + " " + ServedModels.shortened(context.path());
        return switch (status) {
            case 404 -> ApiError.notFound("Unknown request URL: " + what + ".");
            case 405 -> ApiError.methodNotAllowed("Not allowed method: " + what + ".");
            default -> ApiError.ofStatus(status, "the request was refused with status " + status);
        };
    }

    /** A page in a browser cannot send JSON to another host without asking first; of a form we ask where it is from. */
    private static void requireOurs(Context context, boolean json) {
        if (context.method().equals(HandlerType.POST) && !json) {
            if (SameOrigin.isOthers(context)) {
                throw ApiError.forbidden("a page of another origin may not use this server");
            }
        } else if (context.method().equals(HandlerType.POST)) {
            String type = context.contentType();
            if (type == null || !type.toLowerCase(java.util.Locale.ROOT).startsWith("application/json")) {
                throw ApiError.ofStatus(415, "the Content-Type is not application/json, which was expected");
            }
        }
    }

    void start() {
        javalin.start();
    }

    int port() {
        return javalin.port();
    }

    /**
     * Waits until no request is being answered.
     *
     * @return whether that came in time
     */
    boolean awaitQuiet(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (inFlight.get() > 0 && System.nanoTime() < end) {
            Thread.sleep(CHECK.toMillis());
        }
        return inFlight.get() <= 0;
    }

    void stop() {
        javalin.stop();
    }
}
