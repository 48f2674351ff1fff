package dev.lora4j.server;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each request: who, what, how long, how many tokens. Never a prompt, an answer or a key. */
final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.lora4j.server.access");
    private static final String MODEL = "lora4j.model";
    private static final String USAGE = "lora4j.usage";
    private static final String REQUEST = "lora4j.request";
    private static final int MAX_PATH = 100;

    private AccessLog() {}

    /** Gives a request its id, which the response carries too. */
    static void begin(Context context) {
        String id = Identifier.next("req_");
        context.attribute(REQUEST, id);
        context.header("x-request-id", id);
    }

    static String requestId(Context context) {
        return Objects.requireNonNullElse(context.attribute(REQUEST), "-");
    }

    /** Notes which model answers, and tells the client which weights those are. */
    static void model(Context context, ModelLease lease) {
        context.attribute(MODEL, lease.name());
        lease.digest().ifPresent(digest -> context.header("x-lora4j-adapter-digest", digest));
    }

    /** Which model answered, if one did. */
    static Optional<String> model(Context context) {
        return Optional.ofNullable(context.attribute(MODEL));
    }

    /** The tokens of an answer, if they were noted. */
    static Optional<Usage> usage(Context context) {
        return Optional.ofNullable(context.attribute(USAGE));
    }

    static void usage(Context context, Usage usage) {
        usage(context.req(), usage);
    }

    /** The same where only the servlet's request is at hand. */
    static void usage(HttpServletRequest request, Usage usage) {
        request.setAttribute(USAGE, usage);
    }

    /** Notes which model answers. */
    static void model(HttpServletRequest request, String name) {
        request.setAttribute(MODEL, name);
    }

    /** Writes the line; of a part that an open page renews by itself only if the log is to have everything. */
    static void end(Context context, float milliseconds) {
        if (!LOG.isInfoEnabled() || (isRenewal(context) && !LOG.isDebugEnabled())) {
            return;
        }
        @Nullable Usage usage = context.attribute(USAGE);
        @Nullable String model = context.attribute(MODEL);
        @Nullable Caller caller = context.attribute(Caller.ATTRIBUTE);
        LOG.info(
                "{} {} {} {} {} ms key={} model={} in={} out={}",
                requestId(context),
                context.req().getMethod(),
                path(context.path()),
                context.res().getStatus(),
                Math.round(milliseconds),
                caller == null ? "-" : caller.name(),
                model == null ? "-" : model,
                usage == null ? 0 : usage.promptTokens(),
                usage == null ? 0 : usage.completionTokens());
    }

    private static boolean isRenewal(Context context) {
        return context.method().equals(HandlerType.GET)
                && context.routeRoles().contains(Permission.PAGE) // else any client could ask unseen
                && "true".equals(context.header("HX-Request"))
                && context.res().getStatus() == 200;
    }

    /** Without what could begin a line of its own. */
    private static String path(String path) {
        String cut = path.length() > MAX_PATH ? path.substring(0, MAX_PATH) + "…" : path;
        return cut.replaceAll("[^\\x21-\\x7e…]", "?");
    }
}
