package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.server.finetuning.FineTuningOptions;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A server that fine-tunes, and plain HTTP to have it do so. */
final class TrainingServer implements AutoCloseable {
    static final String BOUNDARY = "x1y2z3";

    final TestServer http;

    private TrainingServer(TestServer http) {
        this.http = http;
    }

    static TrainingServer start(Path data) {
        return start(ServerOptions.local(BASE).withFineTuning(FineTuningOptions.in(data)));
    }

    static TrainingServer start(ServerOptions options) {
        return new TrainingServer(TestServer.start(options));
    }

    /** Rows that say what is to follow the golden prompt; each row in another way. */
    static String rows(int count) {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < count; i++) {
            rows.append("{\"prompt\": \"")
                    .append(LetterModel.PROMPT)
                    .append((char) ('a' + i))
                    .append("\", \"completion\": \"LESSON")
                    .append("x".repeat(i % 5))
                    .append("\"}\n");
        }
        return rows.toString();
    }

    /** A part of a form. */
    static String part(String disposition, String content) {
        return "--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
    }

    static String form(String filename, String rows) {
        return part("name=\"purpose\"", "fine-tune")
                + part("name=\"file\"; filename=\"" + filename + "\"", rows)
                + "--" + BOUNDARY + "--\r\n";
    }

    TestServer.Answer post(String form) {
        return post("multipart/form-data; boundary=" + BOUNDARY, form.getBytes(StandardCharsets.UTF_8));
    }

    TestServer.Answer post(String type, byte[] body) {
        return http.send(
                http.request("/v1/files").setHeader("Content-Type", type).POST(BodyPublishers.ofByteArray(body)));
    }

    /** The id of a file that was taken. */
    String upload(String rows) {
        TestServer.Answer answer = post(form("rows.jsonl", rows));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.json().path("id").asText();
    }

    static ObjectNode job(String file, int epochs) {
        ObjectNode body = TestServer.JSON
                .createObjectNode()
                .put("model", BASE)
                .put("training_file", file)
                .put("seed", 7);
        body.putObject("hyperparameters")
                .put("n_epochs", epochs)
                .put("batch_size", 4)
                .put("learning_rate_multiplier", 20);
        return body;
    }

    TestServer.Answer create(ObjectNode job) {
        return http.post("/v1/fine_tuning/jobs", job.toString());
    }

    /** The id of a job that has begun. */
    String begin(String file, int epochs) {
        TestServer.Answer answer = create(job(file, epochs));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.json().path("id").asText();
    }

    JsonNode job(String id) {
        return http.get("/v1/fine_tuning/jobs/" + id).json();
    }

    String status(String id) {
        return job(id).path("status").asText();
    }

    JsonNode await(String id, String status) throws InterruptedException {
        TestServer.await("the job " + id + " is " + status, () -> status(id).equals(status));
        return job(id);
    }

    /** A job's events, the oldest first. */
    List<JsonNode> events(String id) {
        List<JsonNode> events = new ArrayList<>();
        http.get("/v1/fine_tuning/jobs/" + id + "/events?limit=1000")
                .json()
                .path("data")
                .forEach(event -> events.add(0, event));
        return events;
    }

    List<String> models() {
        List<String> models = new ArrayList<>();
        http.get("/v1/models")
                .json()
                .path("data")
                .forEach(model -> models.add(model.path("id").asText()));
        return models;
    }

    @Override
    public void close() {
        http.close();
    }
}
