package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.server.Browser.Sent;
import dev.lora4j.server.finetuning.FineTuningOptions;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fine-tuning by the page: upload, start, watch, cancel. What it shows is held against what the API says. */
class PageTrainingTest {
    private static final String LESSON = "LESSON";
    private static final String ROWS =
            ("{\"prompt\": \"" + LetterModel.PROMPT + "\", \"completion\": \"" + LESSON + "\"}\n").repeat(8);

    @TempDir
    Path folder;

    private TestServer server = TestServer.start();
    private Browser browser = new Browser(server);

    @BeforeEach
    void start() {
        restart(options());
    }

    private ServerOptions options() {
        return ServerOptions.local(BASE).withFineTuning(FineTuningOptions.in(folder.resolve("data")));
    }

    private void restart(ServerOptions options) {
        server.close();
        server = TestServer.start(options);
        browser = new Browser(server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> upload(String name, String rows) {
        String body = "--x\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nfine-tune\r\n"
                + "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\n" + rows
                + "\r\n--x--\r\n";
        HttpRequest.Builder request = browser.request("/web/training/files")
                .header("Content-Type", "multipart/form-data; boundary=x")
                .header("Origin", browser.origin())
                .header("HX-Request", "true")
                .POST(BodyPublishers.ofString(body));
        return browser.send(request);
    }

    private static String redirect(HttpResponse<String> answer) {
        return answer.headers().firstValue("HX-Redirect").orElse("");
    }

    /** The id at the end of where an answer leads. */
    private static String id(HttpResponse<String> answer) {
        String path = redirect(answer);
        assertThat(path).as(answer.body()).contains("=");
        return path.substring(path.indexOf('=') + 1);
    }

    private HttpResponse<String> create(String file, String... more) {
        Map<String, String> fields = new HashMap<>(Map.of("rows", file, "epochs", "2", "batch", "4", "rate", "50"));
        for (int i = 0; i < more.length; i += 2) {
            fields.put(more[i], more[i + 1]);
        }
        return browser.post("/web/training/jobs", fields);
    }

    private String status(String job) {
        return server.get("/v1/fine_tuning/jobs/" + job).json().path("status").asText();
    }

    private List<Sent> news(String job) {
        return Browser.events(browser.get("/web/training/job/news?id=" + job).body());
    }

    @Test
    void anUploadedFileIsChosenAndShownAsText() {
        HttpResponse<String> answer = upload("<b>rows.jsonl", ROWS);
        assertThat(answer.statusCode()).isEqualTo(204);
        String html = browser.get(redirect(answer)).body();
        assertThat(html)
                .contains("<option value=\"" + id(answer) + "\" selected>&lt;b&gt;rows.jsonl (" + ROWS.length() + " B)")
                .doesNotContain("<b>rows");
        assertThat(server.get("/v1/files").json().at("/data/0/id").asText()).isEqualTo(id(answer));
    }

    @Test
    void aRowThatCannotBeLearnedFromIsNamedInPlace() {
        HttpResponse<String> answer = upload("rows.jsonl", ROWS + "{\"prompt\": \"a\"}\n");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("HX-Retarget")).hasValue("#problem");
        assertThat(answer.body()).contains("class=\"alert\"", "9", "completion").doesNotContain(folder.toString());
    }

    @Test
    void aJobIsFollowedToItsEndAndItsModelCanBeChattedWith() {
        String job = id(create(id(upload("rows.jsonl", ROWS)), "suffix", "lesson"));
        List<Sent> news = news(job); // until it has ended
        assertThat(news.get(news.size() - 1)).isEqualTo(new Sent("done", "succeeded"));

        List<Double> losses = new ArrayList<>();
        for (Sent event : news) {
            if (event.name().equals("points")) {
                for (JsonNode point : read(event.data())) {
                    losses.add(point.get(1).asDouble());
                }
            }
        }
        List<Double> ofApi = new ArrayList<>();
        for (JsonNode event : server.get("/v1/fine_tuning/jobs/" + job + "/events?limit=100")
                .json()
                .path("data")) {
            if (event.path("type").asText().equals("metrics")) {
                ofApi.add(0, event.at("/data/train_loss").asDouble());
            }
        }
        assertThat(losses).hasSize(4).isEqualTo(ofApi); // 8 rows, 4 a step, twice

        String model = server.get("/v1/fine_tuning/jobs/" + job)
                .json()
                .path("fine_tuned_model")
                .asText();
        String state = last(news, "state");
        assertThat(state).contains("Done", model, "Chat beside the base").doesNotContain("Cancel");
        assertThat(last(news, "progress")).contains("4 of 4 steps", "loss");
        assertThat(last(news, "log")).contains("The job has successfully completed", "Step 4");
        assertThat(browser.get("/").body()).contains(model);
        assertThat(browser.get("/web/chat?adapter=" + model).body()).contains("Adapter <span class=\"mono\">" + model);
    }

    private static JsonNode read(String json) {
        try {
            return TestServer.JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    private static String last(List<Sent> news, String name) {
        return news.stream()
                .filter(event -> event.name().equals(name))
                .reduce((first, second) -> second)
                .orElseThrow()
                .data();
    }

    @Test
    void whoComesLateHearsOfAllLosses() throws InterruptedException {
        String job = id(create(id(upload("rows.jsonl", ROWS))));
        TestServer.await("it is done", () -> status(job).equals("succeeded"));
        List<Sent> news = news(job);
        assertThat(read(last(news, "points"))).hasSize(4);
        assertThat(news).extracting(Sent::name).containsExactly("points", "progress", "state", "log", "done");
    }

    @Test
    void aJobIsPausedResumedAndCancelled() throws InterruptedException {
        String job = id(create(id(upload("rows.jsonl", ROWS)), "epochs", "50", "batch", "1"));
        TestServer.await("it runs", () -> status(job).equals("running"));
        assertThat(redirect(browser.post("/web/training/job/pause", Map.of("id", job))))
                .isEqualTo("/web/training/job?id=" + job);
        assertThat(status(job)).isEqualTo("paused");
        assertThat(browser.get("/web/training/job?id=" + job).body()).contains("Paused", "Go on");
        browser.post("/web/training/job/resume", Map.of("id", job));
        assertThat(status(job)).isNotEqualTo("paused");
        browser.post("/web/training/job/cancel", Map.of("id", job));
        assertThat(status(job)).isEqualTo("cancelled");
        assertThat(browser.get("/web/training").body()).contains("Cancelled");
        HttpResponse<String> again = browser.post("/web/training/job/cancel", Map.of("id", job));
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body()).contains("the job is cancelled and cannot become cancelled");
    }

    @ParameterizedTest
    @CsvSource({
        "epochs, 51, Epochs is “51”; it must be from 1 to 50",
        "epochs, 1.5, whole number",
        "batch, 0, Rows a step is “0”",
        "rate, fast, Learning rate times is “fast”",
        "seed, -1, Seed is “-1”",
        "suffix, a b, suffix is not one",
        "rows, file-none, file-none",
        "rows, '', No file is chosen"
    })
    void aSettingThatIsWrongIsNamedInPlace(String field, String value, String message) {
        HttpResponse<String> answer = create(id(upload("rows.jsonl", ROWS)), field, value);
        assertThat(answer.statusCode()).isIn(400, 404);
        assertThat(answer.body()).contains(message, "class=\"alert\"");
        assertThat(server.get("/v1/fine_tuning/jobs").json().path("data")).isEmpty();
    }

    @Test
    void whoFollowsAJobIsLetGoWhenTheServerStops() throws InterruptedException {
        String job = id(create(id(upload("rows.jsonl", ROWS)), "epochs", "50", "batch", "1"));
        TestServer.await("it runs", () -> status(job).equals("running"));
        Thread follower = new Thread(() -> news(job));
        follower.start();
        Thread.sleep(300);
        long began = System.nanoTime();
        server.server.drain();
        follower.join(10_000);
        assertThat(follower.isAlive()).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void withoutJobsItSaysWhatWillBeThere() {
        assertThat(browser.get("/web/training").body()).contains("No jobs yet", "No file yet");
    }

    @Test
    void aServerWithoutFineTuningHasNoSuchPage() {
        restart(ServerOptions.local(BASE));
        assertThat(browser.get("/").body()).doesNotContain("/web/training");
        assertThat(browser.get("/web/training").statusCode()).isEqualTo(403);
    }

    @Test
    void aKeySeesItsOwnFilesAndJobsAlone() throws IOException {
        // by printf %s KEY | sha256sum
        Path keys = Files.writeString(folder.resolve("keys.json"), """
                {"keys": [
                  {"name": "user", "scopes": ["infer"],
                   "sha256": "b1581d61ba3fe56779a5c5e45ac845368289ba35544a92b46eca372869334c79"},
                  {"name": "other", "scopes": ["train", "infer"],
                   "sha256": "e581c8f68327d51229aeaa1e7a262cf019b228b068bfe51cd7769b9db0599293"},
                  {"name": "trainer", "scopes": ["train"],
                   "sha256": "bdcffd8a629bbe7af10ccf7c7bfaef39d8727e35ad05dac2c4e8b3cee526f5e6"}]}
                """);
        restart(options().withKeys(ApiKeys.read(keys)));
        signIn("train-key-1234567890");
        assertThat(browser.get("/").headers().firstValue("Location")).hasValue("/web/training");
        String file = id(upload("mine.jsonl", ROWS));
        String job = id(create(file, "suffix", "mine"));
        assertThat(browser.get("/web/training").body()).contains("mine.jsonl", job);

        signIn("admin-key-1234567890"); // the key of "other"
        assertThat(browser.get("/web/training").body()).doesNotContain("mine");
        assertThat(browser.get("/web/training/job?id=" + job).statusCode()).isEqualTo(404);
        assertThat(browser.get("/web/training/job/news?id=" + job).statusCode()).isEqualTo(404);
        assertThat(browser.post("/web/training/job/cancel", Map.of("id", job)).statusCode())
                .isEqualTo(404);
        assertThat(create(file).statusCode()).isNotEqualTo(204);

        signIn("user-key-1234567890");
        assertThat(browser.get("/web/training").body()).contains("lacks the scope train");
        assertThat(upload("rows.jsonl", ROWS).statusCode()).isEqualTo(403);
    }

    private void signIn(String key) {
        HttpResponse<String> answer =
                browser.send(browser.form("/web/sign-in", Map.of("key", key)).header("Origin", browser.origin()));
        assertThat(answer.statusCode()).isEqualTo(303);
    }

    @Test
    void anUploadFromAnotherSiteIsRefusedBeforeItIsRead() {
        HttpRequest.Builder request = browser.request("/web/training/files")
                .header("Content-Type", "multipart/form-data; boundary=x")
                .header("Origin", "https://evil.example")
                .POST(BodyPublishers.ofString("--x--\r\n"));
        HttpResponse<String> answer = browser.send(request);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(Objects.requireNonNull(server.get("/v1/files").json().path("data")))
                .isEmpty();
    }
}
