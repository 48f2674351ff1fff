package dev.lora4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A server over the letter model on a free port, and plain HTTP to talk with it, held against docs/openapi.yaml. */
final class TestServer implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    static final String BASE = "letters";

    final LetterModel model;
    final LoraServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    private TestServer(LetterModel model, ServerOptions options) {
        this(model, options, AdapterSource.folders(model.model()), OpenTelemetry.noop());
    }

    private TestServer(LetterModel model, ServerOptions options, AdapterSource source, OpenTelemetry telemetry) {
        this.model = model;
        this.server = LoraServer.of(model.model(), model.tokenizer(), options, source, telemetry);
        server.start();
    }

    /** With adapters from somewhere that tells how it is used. */
    static TestServer start(ServerOptions options, UnaryOperator<AdapterSource> source) {
        LetterModel model = LetterModel.open();
        return new TestServer(model, options, source.apply(AdapterSource.folders(model.model())), OpenTelemetry.noop());
    }

    /** With its spans told. */
    static TestServer start(ServerOptions options, OpenTelemetry telemetry) {
        LetterModel model = LetterModel.open();
        return new TestServer(model, options, AdapterSource.folders(model.model()), telemetry);
    }

    static TestServer start() {
        return start(ServerOptions.local(BASE));
    }

    static TestServer start(ServerOptions options) {
        return new TestServer(LetterModel.open(), options);
    }

    /** One whose model is shown tools in the manner of a family of models. */
    static TestServer calling(ToolFormat format) {
        return new TestServer(LetterModel.calling(format), ServerOptions.local(BASE));
    }

    static TestServer encoder() {
        return new TestServer(LetterModel.encoder(), ServerOptions.local(BASE));
    }

    /** Serves PEFT's variants under their names. */
    TestServer with(String... variants) {
        for (String variant : variants) {
            server.publish(variant, LetterModel.adapter(variant));
        }
        return this;
    }

    String url() {
        return "http://127.0.0.1:" + server.port();
    }

    /** A status with what came with it. */
    record Answer(int status, HttpResponse<String> response) {
        JsonNode json() {
            try {
                return JSON.readTree(response.body());
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + response.body(), e);
            }
        }

        JsonNode error() {
            return json().path("error");
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        /** The data of each event. */
        List<String> events() {
            return response.body()
                    .lines()
                    .filter(line -> line.startsWith("data: "))
                    .map(line -> line.substring("data: ".length()))
                    .toList();
        }
    }

    Answer post(String path, String body) {
        Answer answer = send(request(path).POST(BodyPublishers.ofString(body)));
        if (answer.status() == 200) {
            assertThat(OpenApi.FILE.requestFaults(path, body)).as(body).isEmpty();
        }
        return answer;
    }

    Answer get(String path) {
        return send(request(path).GET());
    }

    /** The value of a figure that has no labels. */
    double figure(String name) {
        return get("/metrics")
                .response()
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url() + path))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(60));
    }

    Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
            OpenApi.FILE.check(response.request().method(), response);
            return new Answer(response.statusCode(), response);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** What a model says to {@link #completion}. */
    String text(String model, int maxTokens) {
        return text(post("/v1/completions", completion(model, maxTokens, "")));
    }

    /** The text of a completion's first choice. */
    static String text(Answer answer) {
        return answer.json().path("choices").path(0).path("text").asText();
    }

    /** A greedy completion of the golden prompt. */
    static String completion(String model, int maxTokens, String more) {
        return "{\"model\": \"" + model + "\", \"prompt\": \"" + LetterModel.PROMPT
                + "\", \"temperature\": 0, \"max_tokens\": " + maxTokens + more + "}";
    }

    /** A greedy chat of the golden prompt. */
    static String chat(String model, int maxTokens, String more) {
        return "{\"model\": \"" + model + "\", \"messages\": [{\"role\": \"user\", \"content\": \"" + LetterModel.PROMPT
                + "\"}], \"temperature\": 0, \"max_tokens\": " + maxTokens + more + "}";
    }

    /** A connection of its own. */
    Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.port());
    }

    /** Waits for something that is to come about soon. */
    static void await(String what, BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("did not come about: " + what);
            }
            Thread.sleep(5);
        }
    }

    @Override
    public void close() {
        server.close();
        model.close();
    }
}
