package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Embeddings against transformers' and PEFT's: mean over the tokens, of length 1. */
class EmbeddingsTest {
    private static final double TOLERANCE = 1e-5; // transformers' own float32 is off by up to 4e-6
    private static final String TOKENS = "[8, 117, 119, 21, 95, 45]"; // the golden example whose types are all 0

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.encoder();
        server.server.publish("adapted", LetterModel.folder("bert/adapter"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static float[] golden(String name) throws IOException {
        Path file = LetterModel.folder("bert/golden.safetensors");
        StoredTensor.Mapped stored =
                Objects.requireNonNull(SafetensorsFile.open(file).tensors().get(name));
        byte[] bytes = new byte[4 * 32];
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(stored.offset());
            in.readFully(bytes);
        }
        float[] values = new float[32];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    private static JsonNode embed(String model, String input, String more) {
        TestServer.Answer answer =
                server.post("/v1/embeddings", "{\"model\": \"" + model + "\", \"input\": " + input + more + "}");
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.json();
    }

    private static void assertVector(JsonNode found, float[] expected) {
        assertThat(found).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(found.path(i).asDouble()).as("value %d", i).isCloseTo(expected[i], within(TOLERANCE));
        }
    }

    @Test
    void theyAreTransformersAndWithAnAdapterPefts() throws IOException {
        JsonNode base = embed(BASE, TOKENS, "");
        assertThat(base.path("object").asText()).isEqualTo("list");
        assertThat(base.path("model").asText()).isEqualTo(BASE);
        assertThat(base.path("data").path(0).path("object").asText()).isEqualTo("embedding");
        assertVector(base.path("data").path(0).path("embedding"), golden("mean_embedding.1"));
        assertVector(
                embed("adapted", TOKENS, "").path("data").path(0).path("embedding"),
                golden("adapter.mean_embedding.1"));
    }

    @Test
    void aQuarterAndThreeQuartersOfAnAdapterAreTheWholeAndOneMinusOneIsTheBase() throws IOException {
        server.server.publish("again", LetterModel.folder("bert/adapter"));
        String sum = ", \"adapters\": [{\"name\": \"adapted\", \"weight\": %s}, {\"name\": \"again\", \"weight\": %s}]";
        assertVector(
                embed(BASE, TOKENS, sum.formatted(0.25, 0.75))
                        .path("data")
                        .path(0)
                        .path("embedding"),
                golden("adapter.mean_embedding.1"));
        assertVector(
                embed(BASE, TOKENS, sum.formatted(1, -1)).path("data").path(0).path("embedding"),
                golden("mean_embedding.1"));
    }

    @Test
    void severalTextsComeInTheirOrderAndCount() throws IOException {
        JsonNode body = embed(BASE, "[[3, 4, 5], " + TOKENS + ", [9]]", "");
        assertThat(body.path("data")).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(body.path("data").path(i).path("index").asInt()).isEqualTo(i);
        }
        assertVector(body.path("data").path(1).path("embedding"), golden("mean_embedding.1"));
        assertThat(body.path("usage").path("prompt_tokens").asInt()).isEqualTo(10);
        assertThat(body.path("usage").path("total_tokens").asInt()).isEqualTo(10);
    }

    @Test
    void textsAreRead() {
        JsonNode text = embed(BASE, "\"ABC\"", "");
        JsonNode ids = embed(BASE, "[35, 36, 37]", "");
        assertThat(text.path("data")).isEqualTo(ids.path("data"));
    }

    @Test
    void base64IsLittleEndianFloats() throws IOException {
        String encoded = embed(BASE, TOKENS, ", \"encoding_format\": \"base64\"")
                .path("data")
                .path(0)
                .path("embedding")
                .asText();
        byte[] bytes = Base64.getDecoder().decode(encoded);
        assertThat(bytes).hasSize(128);
        float first = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getFloat();
        assertThat((double) first).isCloseTo(golden("mean_embedding.1")[0], within(TOLERANCE));
    }

    @Test
    void whatIsWrongIsNamed() {
        String[][] cases = {
            {"\"input\": \"\"", "input"},
            {"\"input\": []", "input"},
            {"\"input\": 5", "input"},
            {"\"input\": [[3], []]", "input[1]"},
            {"\"input\": [3, 128]", "input"},
            {"\"input\": \"" + "A".repeat(65) + "\"", "input"},
            {"\"input\": \"A\", \"dimensions\": 8", "dimensions"},
            {"\"input\": \"A\", \"encoding_format\": \"int8\"", "encoding_format"},
        };
        for (String[] each : cases) {
            TestServer.Answer answer = server.post("/v1/embeddings", "{\"model\": \"" + BASE + "\", " + each[0] + "}");
            assertThat(answer.status()).as(each[0]).isEqualTo(400);
            assertThat(answer.error().path("param").asText()).as(each[0]).isEqualTo(each[1]);
        }
        assertThat(server.post("/v1/embeddings", "{\"model\": \"x\", \"input\": \"A\"}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void anEncoderSaysNothingAndADecoderEmbedsNothing() {
        assertThat(server.post("/v1/completions", TestServer.completion(BASE, 1, ""))
                        .status())
                .isEqualTo(400);
        try (TestServer decoder = TestServer.start()) {
            TestServer.Answer answer =
                    decoder.post("/v1/embeddings", "{\"model\": \"" + BASE + "\", \"input\": \"A\"}");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.error().path("message").asText()).contains("decoder");
        }
    }
}
