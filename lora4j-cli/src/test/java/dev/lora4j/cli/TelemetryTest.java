package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the variables of OpenTelemetry do, with a collector that notes what it gets. */
class TelemetryTest {
    private final List<String> got = new CopyOnWriteArrayList<>();
    private final HttpServer collector;

    TelemetryTest() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        collector.createContext("/", exchange -> {
            got.add(exchange.getRequestURI() + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
    }

    @AfterEach
    void stop() {
        collector.stop(0);
    }

    private String address() {
        return "http://127.0.0.1:" + collector.getAddress().getPort();
    }

    private static void span(Map<String, String> environment) {
        try (Telemetry telemetry = Telemetry.of(environment)) {
            telemetry
                    .openTelemetry()
                    .getTracer("a")
                    .spanBuilder("what-was-done")
                    .startSpan()
                    .end();
            telemetry
                    .openTelemetry()
                    .getMeter("a")
                    .counterBuilder("count")
                    .build()
                    .add(1);
        }
    }

    @Test
    void anEndpointGetsTracesAndNothingElse() {
        span(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", address()));
        assertThat(got).hasSize(1);
        assertThat(got.get(0)).startsWith("/v1/traces ").contains("what-was-done", "lora4j");
        span(Map.of(
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", address() + "/other",
                "OTEL_METRICS_EXPORTER", "otlp",
                "OTEL_SERVICE_NAME", "mine"));
        assertThat(got).hasSize(2);
        assertThat(got.get(1)).startsWith("/other ").contains("mine").doesNotContain("unknown_service");
    }

    @Test
    void withoutAVariableForTracesNothingIsMade() {
        for (Map<String, String> none : List.of(
                Map.<String, String>of(),
                Map.of("OTEL_SERVICE_NAME", "mine", "OTEL_METRICS_EXPORTER", "otlp"),
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", ""))) {
            try (Telemetry telemetry = Telemetry.of(none)) {
                assertThat(telemetry.openTelemetry()).isSameAs(OpenTelemetry.noop());
            }
        }
    }

    @Test
    void whatSwitchesItOffWins() {
        span(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", address(), "OTEL_TRACES_EXPORTER", "none"));
        span(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", address(), "OTEL_SDK_DISABLED", "true"));
        assertThat(got).isEmpty();
    }

    @Test
    void anExporterThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> Telemetry.of(Map.of("OTEL_TRACES_EXPORTER", "console")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("OTEL_")
                .hasMessageContaining("console");
    }
}
