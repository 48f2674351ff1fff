package dev.lora4j.cli;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Traces for OpenTelemetry, if one of its standard variables asks for them; else nothing is made and nothing is sent.
 *
 * <p>Its metrics and logs stay off: those are {@code /metrics} and standard error.
 */
final class Telemetry implements AutoCloseable {
    private final Optional<OpenTelemetrySdk> sdk;

    private Telemetry(Optional<OpenTelemetrySdk> sdk) {
        this.sdk = sdk;
    }

    /**
     * As the environment of a process says.
     *
     * @throws IllegalArgumentException if it says something that cannot be
     */
    static Telemetry of(Map<String, String> environment) {
        boolean wanted = Stream.of(
                        "OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
                .anyMatch(name -> !environment.getOrDefault(name, "").isBlank());
        if (!wanted) {
            return new Telemetry(Optional.empty());
        }
        Map<String, String> settings = new HashMap<>();
        settings.put("otel.exporter.otlp.protocol", "http/protobuf"); // by the JDK's client, which has no gRPC
        if (!environment.getOrDefault("OTEL_RESOURCE_ATTRIBUTES", "").contains("service.name")) {
            settings.put("otel.service.name", "lora4j");
        }
        environment.forEach((name, value) -> {
            if (name.startsWith("OTEL_")) {
                settings.put(name.toLowerCase(java.util.Locale.ROOT).replace('_', '.'), value);
            }
        });
        settings.put("otel.metrics.exporter", "none");
        settings.put("otel.logs.exporter", "none");
        try {
            return new Telemetry(Optional.of(AutoConfiguredOpenTelemetrySdk.builder()
                    .disableShutdownHook()
                    .addPropertiesCustomizer(properties -> settings)
                    .build()
                    .getOpenTelemetrySdk()));
        } catch (ConfigurationException e) {
            throw new IllegalArgumentException(
                    "the variables OTEL_… ask for something that cannot be: " + e.getMessage(), e);
        }
    }

    /** Where spans go. */
    OpenTelemetry openTelemetry() {
        return sdk.map(each -> (OpenTelemetry) each).orElse(OpenTelemetry.noop());
    }

    /** Sends what was not sent. */
    @Override
    public void close() {
        sdk.ifPresent(OpenTelemetrySdk::close);
    }
}
