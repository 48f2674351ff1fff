package dev.lora4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScheduleTest {
    @ParameterizedTest
    @EnumSource(Schedule.class)
    void learningRatesAreTransformers(Schedule schedule) throws IOException {
        try (InputStream file = Objects.requireNonNull(getClass().getResourceAsStream("/golden/schedules.json"))) {
            JsonNode rates = new ObjectMapper()
                    .readTree(file)
                    .path("rates")
                    .path(schedule.name().toLowerCase(Locale.ROOT));
            assertThat(rates).hasSize(20);
            for (int step = 0; step < 20; step++) {
                assertThat(1e-3 * schedule.factor(step, 5, 20))
                        .as("step %d", step)
                        .isCloseTo(rates.get(step).asDouble(), within(1e-12));
            }
        }
    }
}
