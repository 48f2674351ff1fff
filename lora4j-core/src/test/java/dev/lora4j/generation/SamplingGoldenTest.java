package dev.lora4j.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.JsonFile;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The distribution that tokens are drawn from against transformers' logits processors, 60 random settings. */
class SamplingGoldenTest {
    @Test
    void distributionsAreTransformers() throws URISyntaxException {
        Path file = Path.of(Objects.requireNonNull(SamplingGoldenTest.class.getResource("/golden/sampling.json"))
                .toURI());
        JsonNode cases = JsonFile.read(file).path("cases");
        assertThat(cases).hasSize(60);
        for (JsonNode each : cases) {
            GenerationSettings settings = GenerationSettings.sampled(1, 0)
                    .withTemperature(each.path("temperature").asDouble())
                    .withTopK(each.path("top_k").asInt())
                    .withTopP(each.path("top_p").asDouble())
                    .withMinP(each.path("min_p").asDouble())
                    .withRepetitionPenalty(each.path("repetition_penalty").asDouble());
            BitSet occurred = new BitSet();
            each.path("occurred").forEach(id -> occurred.set(id.asInt()));
            float[] scores = new float[each.path("logits").size()];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = (float) each.path("logits").get(i).asDouble();
            }
            double[] found = new Sampler(settings).distribution(scores, occurred);
            for (int i = 0; i < found.length; i++) {
                assertThat(found[i])
                        .as("token %d of %s", i, settings)
                        .isCloseTo(each.path("probabilities").get(i).asDouble(), within(1e-6));
            }
        }
    }
}
