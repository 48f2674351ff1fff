package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static dev.lora4j.server.TestServer.completion;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.server.finetuning.FineTuningOptions;
import io.javalin.http.HandlerType;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files, jobs and models belong to the key that made them. */
class FineTuningKeysTest {
    @TempDir
    Path folder;

    private TrainingServer server = TrainingServer.start(ServerOptions.local(BASE));

    @BeforeEach
    void start() throws Exception {
        server.close();
        String keys = "{\"keys\": [" + key("ann", "\"infer\", \"train\"", ", \"models\": [\"letters\"]") + ","
                + key("bob", "\"infer\", \"train\"", ", \"models\": [\"letters\"]") + ","
                + key("eve", "\"infer\"", "") + "," + key("ada", "\"admin\", \"train\", \"infer\"", "") + "]}";
        Path file = Files.writeString(folder.resolve("keys.json"), keys);
        server = TrainingServer.start(ServerOptions.local(BASE)
                .withKeys(ApiKeys.read(file))
                .withFineTuning(FineTuningOptions.in(folder.resolve("data"))));
    }

    private static String key(String name, String scopes, String more) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(("key-of-" + name).getBytes(StandardCharsets.UTF_8));
        return "{\"name\": \"" + name + "\", \"sha256\": \"" + HexFormat.of().formatHex(hash) + "\", \"scopes\": ["
                + scopes + "]" + more + "}";
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private TestServer.Answer call(String name, String method, String path, BodyPublisher body) {
        return server.http.send(server.http
                .request(path)
                .header("Authorization", "Bearer key-of-" + name)
                .method(method, body));
    }

    private TestServer.Answer get(String name, String path) {
        return call(name, "GET", path, BodyPublishers.noBody());
    }

    private String upload(String name) {
        TestServer.Answer answer = server.http.send(server.http
                .request("/v1/files")
                .header("Authorization", "Bearer key-of-" + name)
                .setHeader("Content-Type", "multipart/form-data; boundary=" + TrainingServer.BOUNDARY)
                .POST(BodyPublishers.ofString(TrainingServer.form("a.jsonl", TrainingServer.rows(8)))));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.json().path("id").asText();
    }

    @Test
    void everyRouteOfFineTuningNeedsTheScopeTrain() {
        List<Route> routes = server.http.server.routes().stream()
                .filter(route -> route.path().startsWith("/v1/files")
                        || route.path().startsWith("/v1/fine_tuning")
                        || route.method().equals(HandlerType.DELETE))
                .toList();
        assertThat(routes).hasSize(14);
        for (Route route : routes) {
            String path = route.path().replace("{id}", "x").replace("<id>", "x");
            String method = route.method().name();
            assertThat(server.http
                            .send(server.http.request(path).method(method, BodyPublishers.noBody()))
                            .status())
                    .as(method + path)
                    .isEqualTo(401);
            assertThat(call("eve", method, path, BodyPublishers.noBody()).status())
                    .as(method + path)
                    .isEqualTo(403);
            assertThat(call("ann", method, path, BodyPublishers.noBody()).status())
                    .as(method + path)
                    .isNotIn(401, 403);
        }
    }

    @Test
    void whatIsAnothersIsAsIfItWereNot() throws Exception {
        String file = upload("ann");
        TestServer.Answer made = call(
                "ann",
                "POST",
                "/v1/fine_tuning/jobs",
                BodyPublishers.ofString(TrainingServer.job(file, 1).toString()));
        assertThat(made.status()).as(made.response().body()).isEqualTo(200);
        String job = made.json().path("id").asText();
        TestServer.await(
                "it is done",
                () -> get("ann", "/v1/fine_tuning/jobs/" + job)
                        .json()
                        .path("status")
                        .asText()
                        .equals("succeeded"));
        JsonNode done = get("ann", "/v1/fine_tuning/jobs/" + job).json();
        String model = done.path("fine_tuned_model").asText();

        assertThat(status("ann", model))
                .as("its own, though not in the list of its models")
                .isEqualTo(200);
        assertThat(status("bob", model)).isEqualTo(404);
        assertThat(status("eve", model)).as("a key without a list may use all").isEqualTo(200);
        assertThat(get("bob", "/v1/models").json().path("data")).hasSize(1);
        for (String path : List.of(
                "/v1/files/" + file,
                "/v1/files/" + file + "/content",
                "/v1/fine_tuning/jobs/" + job,
                "/v1/fine_tuning/jobs/" + job + "/events",
                "/v1/fine_tuning/jobs/" + job + "/checkpoints",
                "/v1/models/" + model)) {
            assertThat(get("ann", path).status()).as(path).isEqualTo(200);
            assertThat(get("ada", path).status()).as(path).isEqualTo(200);
            assertThat(get("bob", path).status()).as(path).isEqualTo(404);
        }
        assertThat(get("bob", "/v1/files").json().path("data")).isEmpty();
        assertThat(get("bob", "/v1/fine_tuning/jobs").json().path("data")).isEmpty();
        assertThat(get("ada", "/v1/fine_tuning/jobs").json().path("data")).hasSize(1);
        assertThat(get("bob", "/v1/files?after=" + file).status()).isEqualTo(400);
        assertThat(call("bob", "DELETE", "/v1/files/" + file, BodyPublishers.noBody())
                        .status())
                .isEqualTo(404);
        assertThat(call("bob", "DELETE", "/v1/models/" + model, BodyPublishers.noBody())
                        .status())
                .isEqualTo(404);
        assertThat(call("bob", "POST", "/v1/fine_tuning/jobs/" + job + "/cancel", BodyPublishers.noBody())
                        .status())
                .isEqualTo(404);
        TestServer.Answer stolen = call(
                "bob",
                "POST",
                "/v1/fine_tuning/jobs",
                BodyPublishers.ofString(TrainingServer.job(file, 1).toString()));
        assertThat(stolen.status()).isEqualTo(400);
        assertThat(stolen.error().path("message").asText()).contains("there is no such file");
        assertThat(call("ada", "DELETE", "/v1/models/" + model, BodyPublishers.noBody())
                        .status())
                .isEqualTo(200);
        assertThat(status("ann", model)).isEqualTo(404);
    }

    private int status(String name, String model) {
        return call(name, "POST", "/v1/completions", BodyPublishers.ofString(completion(model, 1, "")))
                .status();
    }
}
