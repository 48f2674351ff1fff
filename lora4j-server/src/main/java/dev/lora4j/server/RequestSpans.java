package dev.lora4j.server;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Spans of OpenTelemetry: one of each request of the API, and below it what each of its sequences went through.
 *
 * <p>Names and attributes are those of the semantic conventions for HTTP servers and for generative AI. Never a prompt, an
 * answer, a query or a key. The stages of sequences are confined to the engine's thread, the rest is safe for any number of
 * threads.
 */
final class RequestSpans implements EngineObserver {
    private static final String SPAN = "lora4j.span";
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> MODEL = AttributeKey.stringKey("gen_ai.request.model");
    private static final AttributeKey<Long> READ = AttributeKey.longKey("gen_ai.usage.input_tokens");
    private static final AttributeKey<Long> SAID = AttributeKey.longKey("gen_ai.usage.output_tokens");
    private static final AttributeKey<List<String>> REASONS =
            AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");
    private static final AttributeKey<Long> CHOICE = AttributeKey.longKey("lora4j.choice");
    private static final AttributeKey<Long> FOUND = AttributeKey.longKey("lora4j.cached_tokens");
    private static final AttributeKey<String> END = AttributeKey.stringKey("lora4j.end");

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH");
    private static final TextMapGetter<HttpServletRequest> HEADERS =
            (request, name) -> request == null ? null : request.getHeader(name);

    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final IdentityHashMap<Work, Span> stages = new IdentityHashMap<>(); // what each running sequence is at

    RequestSpans(OpenTelemetry telemetry) {
        this.tracer = telemetry.getTracer("dev.lora4j.server");
        this.propagator = telemetry.getPropagators().getTextMapPropagator();
    }

    /** A request has come, perhaps as a part of what its client does. */
    void begin(io.javalin.http.Context request) {
        String method = method(request);
        request.attribute(
                SPAN,
                tracer.spanBuilder(method)
                        .setParent(propagator.extract(Context.root(), request.req(), HEADERS))
                        .setSpanKind(SpanKind.SERVER)
                        .setAttribute(METHOD, method)
                        .startSpan());
    }

    /** What clients make up is one method. */
    private static String method(io.javalin.http.Context request) {
        String method = request.req().getMethod();
        return METHODS.contains(method) ? method : "_OTHER";
    }

    /** What the spans of a request's sequences hang on. */
    static Context of(io.javalin.http.Context request) {
        @Nullable Span span = request.attribute(SPAN);
        return span == null ? Context.root() : Context.root().with(span);
    }

    /** Notes how the choices of a request's answer ended. */
    static void finished(io.javalin.http.Context request, List<String> reasons) {
        Span.fromContext(of(request)).setAttribute(REASONS, reasons);
    }

    /** A request has been answered. */
    void end(io.javalin.http.Context request) {
        Span span = Span.fromContext(of(request));
        if (!span.isRecording()) {
            return;
        }
        var route = request.endpoints().matchedHttpEndpoint();
        if (route != null) { // as HTTP's conventions write it: no placeholder tells values apart
            String path = route.path.replace('<', '{').replace('>', '}');
            span.updateName(method(request) + " " + path).setAttribute(ROUTE, path);
        }
        int status = request.res().getStatus();
        span.setAttribute(STATUS, (long) status);
        if (status >= 500) {
            span.setStatus(StatusCode.ERROR).setAttribute(ERROR, Integer.toString(status));
        }
        AccessLog.model(request).ifPresent(model -> span.setAttribute(MODEL, model));
        AccessLog.usage(request)
                .ifPresent(usage -> span.setAttribute(READ, (long) usage.promptTokens())
                        .setAttribute(SAID, (long) usage.completionTokens()));
        span.end();
    }

    private Span stage(Work work, String name, Instant begin) {
        return tracer.spanBuilder(name)
                .setParent(work.origin().spans())
                .setStartTimestamp(begin)
                .setAttribute(CHOICE, (long) work.choice())
                .startSpan();
    }

    @Override
    public void begins(Work work, Duration queued) {
        if (Span.fromContext(work.origin().spans()).isRecording()) {
            Instant now = Instant.now();
            stage(work, "queue", now.minus(queued)).end(now);
            stages.put(work, stage(work, "prefill", now));
        }
    }

    @Override
    public void found(Work work, int tokens) {
        stages.getOrDefault(work, Span.getInvalid()).setAttribute(FOUND, (long) tokens);
    }

    @Override
    public void token(Work work, boolean first, Duration since) {
        if (first && stages.containsKey(work)) {
            Instant now = Instant.now();
            stages.getOrDefault(work, Span.getInvalid()).end(now);
            stages.put(work, stage(work, "decode", now));
        }
    }

    @Override
    public void ends(Work work, int newTokens, String reason) {
        Span last = stages.remove(work);
        if (last != null) {
            if (reason.equals("failed")) {
                last.setStatus(StatusCode.ERROR);
            }
            last.setAttribute(SAID, (long) newTokens).setAttribute(END, reason).end();
        }
    }
}
