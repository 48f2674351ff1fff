package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static dev.lora4j.server.TestServer.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a trace tells of requests, and what it does not. */
class RequestSpansTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";
    private static final AttributeKey<String> END = AttributeKey.stringKey("lora4j.end");

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build();
    private final TestServer server = TestServer.start(ServerOptions.local(BASE), telemetry);

    @AfterEach
    void stop() {
        server.close();
        telemetry.close();
    }

    /** So many spans, by their names; those of one name in the order of their ends. */
    private List<SpanData> await(int count) throws InterruptedException {
        TestServer.await(count + " spans", () -> spans.getFinishedSpanItems().size() >= count);
        List<SpanData> all = spans.getFinishedSpanItems();
        assertThat(all).hasSize(count);
        return all;
    }

    private static SpanData named(List<SpanData> all, String name) {
        List<SpanData> found =
                all.stream().filter(span -> span.getName().equals(name)).toList();
        assertThat(found).as(name + " among " + all).hasSize(1);
        return found.get(0);
    }

    private TestServer.Answer ask(String body, String traceParent) {
        return server.send(server.request(CHAT)
                .header("traceparent", traceParent)
                .header("Authorization", "Bearer a-key-of-mine")
                .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void aChatIsOneSpanOfItsClientsTraceWithTheStagesOfItsSequenceBelow() throws InterruptedException {
        TestServer.Answer answer = ask(chat(BASE, 5, ""), "00-" + TRACE + "-" + PARENT + "-01");
        assertThat(answer.status()).isEqualTo(200);
        List<SpanData> all = await(4);
        assertThat(all).allMatch(span -> span.getTraceId().equals(TRACE));
        SpanData request = named(all, "POST " + CHAT);
        assertThat(request.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(request.getParentSpanId()).isEqualTo(PARENT);
        assertThat(request.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(request.getAttributes().asMap())
                .isEqualTo(Attributes.builder()
                        .put("http.request.method", "POST")
                        .put("http.route", CHAT)
                        .put("http.response.status_code", 200L)
                        .put("gen_ai.request.model", BASE)
                        .put("gen_ai.usage.input_tokens", LetterModel.PROMPT.length())
                        .put("gen_ai.usage.output_tokens", 5L)
                        .put(AttributeKey.stringArrayKey("gen_ai.response.finish_reasons"), List.of("length"))
                        .build()
                        .asMap());
        SpanData queue = named(all, "queue");
        SpanData prefill = named(all, "prefill");
        SpanData decode = named(all, "decode");
        for (SpanData stage : List.of(queue, prefill, decode)) {
            assertThat(stage.getParentSpanId()).isEqualTo(request.getSpanId());
            assertThat(stage.getStartEpochNanos()).isLessThanOrEqualTo(stage.getEndEpochNanos());
        }
        assertThat(queue.getEndEpochNanos()).isEqualTo(prefill.getStartEpochNanos());
        assertThat(prefill.getEndEpochNanos()).isEqualTo(decode.getStartEpochNanos());
        assertThat(decode.getAttributes().asMap())
                .isEqualTo(Attributes.builder()
                        .put("lora4j.choice", 0L)
                        .put("gen_ai.usage.output_tokens", 5L)
                        .put("lora4j.end", "length")
                        .build()
                        .asMap());
        assertThat(all.toString())
                .doesNotContain(LetterModel.PROMPT, LetterModel.ANSWER.substring(0, 4), "a-key-of-mine");
    }

    @Test
    void everyChoiceHasStagesOfItsOwn() throws InterruptedException {
        assertThat(ask(chat(BASE, 3, ", \"n\": 2, \"stream\": true"), "").status())
                .isEqualTo(200);
        List<SpanData> all = await(7);
        SpanData request = named(all, "POST " + CHAT);
        assertThat(request.getParentSpanContext().isValid()).isFalse();
        assertThat(request.getAttributes().get(AttributeKey.stringArrayKey("gen_ai.response.finish_reasons")))
                .containsExactly("length", "length");
        assertThat(all.stream().filter(span -> span.getName().equals("decode")))
                .extracting(span -> span.getAttributes().get(AttributeKey.longKey("lora4j.choice")))
                .containsExactlyInAnyOrder(0L, 1L);
        assertThat(all.stream().filter(span -> span.getParentSpanId().equals(request.getSpanId())))
                .hasSize(6);
    }

    @Test
    void whatIsNotThereIsASpanWithoutStagesAndWithoutTheClientsWords() throws InterruptedException {
        assertThat(server.get("/v1/a-secret-path?a=b").status()).isEqualTo(404);
        SpanData unknown = await(1).get(0);
        assertThat(unknown.getName()).isEqualTo("GET");
        assertThat(unknown.getAttributes().asMap())
                .isEqualTo(Attributes.builder()
                        .put("http.request.method", "GET")
                        .put("http.response.status_code", 404L)
                        .build()
                        .asMap());
        spans.reset();
        assertThat(server.get("/v1/models/a-secret-name").status()).isEqualTo(404);
        SpanData model = await(1).get(0);
        assertThat(model.getName()).isEqualTo("GET /v1/models/{id}");
        assertThat(model.getAttributes().get(AttributeKey.longKey("http.response.status_code")))
                .isEqualTo(404);
        assertThat(model.getStatus().getStatusCode())
                .as("the client's mistake is none of the server's")
                .isEqualTo(StatusCode.UNSET);
        assertThat(model.toString() + unknown).doesNotContain("secret");
    }

    @Test
    void aStreamWhoseClientGoesEndsWithASequenceThatWasCancelled() throws Exception {
        String body = chat(BASE, 3000, ", \"stream\": true");
        try (Socket socket = server.connect()) {
            socket.getOutputStream()
                    .write(("POST " + CHAT
                                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            TestServer.await(
                    "it says something", () -> spans.getFinishedSpanItems().size() == 2);
        }
        List<SpanData> all = await(4);
        SpanData decode = named(all, "decode");
        assertThat(decode.getAttributes().get(END)).isEqualTo("cancelled");
        assertThat(decode.getAttributes().get(AttributeKey.longKey("gen_ai.usage.output_tokens")))
                .isBetween(1L, 2999L);
        assertThat(decode.getParentSpanId())
                .isEqualTo(named(all, "POST " + CHAT).getSpanId());
    }

    @Test
    void aTraceThatItsClientDoesNotKeepIsNotKeptHere() throws InterruptedException {
        assertThat(ask(chat(BASE, 2, ""), "00-" + TRACE + "-" + PARENT + "-00").status())
                .isEqualTo(200);
        assertThat(server.get("/health").status()).isEqualTo(200);
        assertThat(server.get("/").status()).isEqualTo(200);
        assertThat(server.get("/v1/models").status()).isEqualTo(200);
        assertThat(await(1).get(0).getName()).as("the last alone").isEqualTo("GET /v1/models");
    }
}
