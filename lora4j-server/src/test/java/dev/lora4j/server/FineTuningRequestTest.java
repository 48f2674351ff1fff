package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static dev.lora4j.server.TestServer.completion;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.server.finetuning.FineTuningOptions;
import dev.lora4j.tensor.Scope;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be asked of jobs, and what is refused by name; and what requests see of jobs that run. */
class FineTuningRequestTest {
    @TempDir
    static Path folder;

    private static TrainingServer server;
    private static String file;

    @BeforeAll
    static void start() {
        server = TrainingServer.start(folder);
        file = server.upload(TrainingServer.rows(8));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"model\": \"gpt-4o\"} | model | this server fine-tunes letters alone",
                "{\"model\": null} | model | is missing",
                "{\"training_file\": \"file-none\"} | training_file | there is no such file",
                "{\"training_file\": \"../../etc/passwd\"} | training_file | there is no such file",
                "{\"training_file\": 7} | training_file | expected a string",
                "{\"validation_file\": \"file-none\"} | validation_file | there is no such file",
                "{\"suffix\": \"\"} | suffix | expected 1 to 64",
                "{\"suffix\": \"a/../b\"} | suffix | expected 1 to 64",
                "{\"suffix\": \"a:b\"} | suffix | expected 1 to 64",
                "{\"seed\": -1} | seed | expected 0 to 2147483647",
                "{\"seed\": 1.5} | seed | expected an integer",
                "{\"metadata\": {\"a\": 1}} | metadata.a | expected a string",
                "{\"metadata\": []} | metadata | expected an object",
                "{\"integrations\": [{\"type\": \"wandb\"}]} | integrations | not supported",
                "{\"method\": {\"type\": \"dpo\"}} | method.type | supervised fine-tuning alone",
                "{\"method\": {\"type\": \"reinforcement\"}} | method.type | supervised fine-tuning alone",
                "{\"method\": {\"type\": \"supervised\", \"dpo\": {}}} | method.dpo | not known",
                "{\"hyperparameters\": {\"n_epochs\": 0}} | hyperparameters.n_epochs | expected 1 to 50",
                "{\"hyperparameters\": {\"n_epochs\": \"many\"}} | hyperparameters.n_epochs | expected an integer",
                "{\"hyperparameters\": {\"batch_size\": 257}} | hyperparameters.batch_size | expected 1 to 256",
                "{\"hyperparameters\": {\"learning_rate_multiplier\": 0}} | hyperparameters.learning_rate_multiplier"
                        + " | expected",
                "{\"hyperparameters\": {\"beta\": 1}} | hyperparameters.beta | not known",
                "{\"reward\": 1} | reward | not known"
            })
    void aFieldThatWillNotDoIsRefusedByName(String change, String param, String problem) throws IOException {
        ObjectNode job = TrainingServer.job(file, 1);
        job.setAll((ObjectNode) TestServer.JSON.readTree(change));
        TestServer.Answer answer = server.create(job);
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(400);
        assertThat(answer.error().path("param").asText()).isEqualTo(param);
        assertThat(answer.error().path("message").asText()).contains(problem);
    }

    @Test
    void tooMuchMetadataAndALongSuffixAreRefused() {
        ObjectNode many = TrainingServer.job(file, 1);
        for (int i = 0; i < 17; i++) {
            many.withObject("/metadata").put("key" + i, "value");
        }
        assertThat(server.create(many).status()).isEqualTo(400);
        ObjectNode wide = TrainingServer.job(file, 1);
        wide.withObject("/metadata").put("key", "x".repeat(513));
        assertThat(server.create(wide).status()).isEqualTo(400);
        assertThat(server.create(TrainingServer.job(file, 1).put("suffix", "x".repeat(65)))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void theMethodsSettingsWinOverTheOldOnesAndTheRestIsWorkedOut() throws Exception {
        ObjectNode job = TrainingServer.job(file, 40);
        job.set(
                "method",
                TestServer.JSON.readTree("{\"type\": \"supervised\", \"supervised\": {\"hyperparameters\":"
                        + " {\"n_epochs\": 1, \"batch_size\": \"auto\"}}}"));
        job.withObject("/metadata").put("team", "red");
        JsonNode created = server.create(job).json();
        assertThat(created.path("hyperparameters").path("n_epochs").asInt()).isEqualTo(1);
        assertThat(created.path("hyperparameters").path("batch_size").asText()).isEqualTo("auto");
        assertThat(created.path("metadata").path("team").asText()).isEqualTo("red");
        assertThat(created.path("object").asText()).isEqualTo("fine_tuning.job");
        for (String name : List.of(
                "finished_at", "fine_tuned_model", "trained_tokens", "validation_file", "error", "estimated_finish")) {
            assertThat(created.has(name)).as(name).isTrue();
            assertThat(created.path(name).isNull()).as(name).isTrue();
        }
        JsonNode done = server.await(created.path("id").asText(), "succeeded");
        // 8 rows: an eighth of them in each step, the usual learning rate
        assertThat(done.path("hyperparameters").toString())
                .isEqualTo("{\"n_epochs\":1,\"batch_size\":1,\"learning_rate_multiplier\":1.0}");
        assertThat(done.path("method").path("supervised").path("hyperparameters"))
                .isEqualTo(done.path("hyperparameters"));
        assertThat(server.events(done.path("id").asText()))
                .anyMatch(event -> event.path("message").asText().startsWith("Step 8/8"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/fine_tuning/jobs/ftjob-none",
                "/v1/fine_tuning/jobs/ftjob-none/events",
                "/v1/fine_tuning/jobs/ftjob-none/checkpoints",
                "/v1/files/file-none",
                "/v1/files/file-none/content",
                "/v1/files/..%2F..%2Flora4j.db/content",
                "/v1/files/%2e%2e/content"
            })
    void whatIsNotThereIs404(String path) {
        TestServer.Answer answer = server.http.get(path);
        assertThat(answer.status()).as(answer.response().body()).isIn(400, 404);
        assertThat(answer.response().body()).doesNotContain(folder.toString());
    }

    @Test
    void listsRefuseALimitAndAnIdThatAreNone() {
        for (String list : List.of("/v1/files", "/v1/fine_tuning/jobs")) {
            for (String query :
                    List.of("limit=", "limit=0", "limit=-1", "limit=x", "limit=99999999999", "after=none")) {
                TestServer.Answer answer = server.http.get(list + "?" + query);
                assertThat(answer.status()).as(list + query).isEqualTo(400);
                assertThat(answer.error().path("param").asText()).isEqualTo(query.substring(0, query.indexOf('=')));
            }
        }
        assertThat(server.http.get("/v1/files?order=up").status()).isEqualTo(400);
    }

    @Test
    void aFileThatAJobNeedsIsNotDeletedBeforeItHasEnded() throws Exception {
        String own = server.upload(TrainingServer.rows(8));
        String job = server.begin(own, 50);
        TestServer.Answer refused =
                server.http.send(server.http.request("/v1/files/" + own).DELETE());
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error().path("message").asText()).contains(job, "cancel");
        TestServer.Answer cancelled = server.http.send(
                server.http.request("/v1/fine_tuning/jobs/" + job + "/cancel").POST(BodyPublishers.noBody()));
        assertThat(cancelled.json().path("status").asText()).isEqualTo("cancelled");
        assertThat(server.http
                        .send(server.http.request("/v1/files/" + own).DELETE())
                        .status())
                .isEqualTo(200);
        List<JsonNode> events = server.events(job);
        Thread.sleep(300);
        assertThat(server.events(job)).as("a cancelled job says no more").isEqualTo(events);
        assertThat(events.get(events.size() - 1).path("message").asText()).isEqualTo("Fine-tuning job cancelled");
    }

    @Test
    void severalJobsTrainAtOnceWhileRequestsGetWhatTheyGetAlone() throws Exception {
        String first = server.begin(file, 50);
        String second = server.begin(file, 50);
        TestServer.await(
                "both train",
                () -> server.events(first).size() > 5 && server.events(second).size() > 5);
        assertThat(List.of(server.status(first), server.status(second))).containsOnly("running");
        CompletableFuture<TestServer.Answer> other =
                CompletableFuture.supplyAsync(() -> server.http.post("/v1/completions", completion(BASE, 12, "")));
        for (int i = 0; i < 5; i++) {
            TestServer.Answer answer = server.http.post("/v1/completions", completion(BASE, 12, ""));
            assertThat(answer.json().path("choices").path(0).path("text").asText())
                    .isEqualTo(LetterModel.ANSWER);
        }
        assertThat(other.get().status()).isEqualTo(200);
        String model = server.await(first, "succeeded").path("fine_tuned_model").asText();
        String twin = server.await(second, "succeeded").path("fine_tuned_model").asText();
        assertThat(server.http.get("/v1/models/" + twin).json().path("digest"))
                .as("equal jobs, equal models")
                .isEqualTo(server.http.get("/v1/models/" + model).json().path("digest"));
    }

    @Test
    void nativeMemoryIsFreedHoweverAJobEnds(@TempDir Path own) throws Exception {
        try (TrainingServer fresh = TrainingServer.start(own)) {
            String rows = fresh.upload(TrainingServer.rows(8));
            fresh.http.post("/v1/completions", completion(BASE, 1, ""));
            String model = fresh.await(fresh.begin(rows, 1), "succeeded")
                    .path("fine_tuned_model")
                    .asText();
            delete(fresh, model);
            TestServer.await("the first is freed", () -> fresh.http.server.versionsInMemory() == 0);
            long before = Scope.liveObjects();
            String next = fresh.await(fresh.begin(rows, 1), "succeeded")
                    .path("fine_tuned_model")
                    .asText();
            String cancelled = fresh.begin(rows, 50);
            TestServer.await("it trains", () -> fresh.events(cancelled).size() > 5);
            fresh.http.send(fresh.http
                    .request("/v1/fine_tuning/jobs/" + cancelled + "/cancel")
                    .POST(BodyPublishers.noBody()));
            delete(fresh, next);
            TestServer.await("it is freed", () -> {
                fresh.models().stream().filter(name -> name.startsWith("ft:")).forEach(name -> delete(fresh, name));
                return Scope.liveObjects() <= before;
            });
        }
    }

    private static void delete(TrainingServer from, String model) {
        from.models().stream()
                .filter(name -> name.startsWith(model))
                .forEach(name ->
                        from.http.send(from.http.request("/v1/models/" + name).DELETE()));
    }

    /** How many of its steps a job does in a second, over so many. */
    private static double stepsPerSecond(TrainingServer of, String job, long seconds) throws InterruptedException {
        long begin = steps(of, job);
        Thread.sleep(seconds * 1000);
        return (double) (steps(of, job) - begin) / seconds;
    }

    private static long steps(TrainingServer of, String job) {
        return of.events(job).stream()
                .filter(event -> event.path("type").asText().equals("metrics"))
                .count();
    }

    @Test
    void whileRequestsRunJobsHaveNoMoreThanTheirShareOfTheTime(@TempDir Path own) throws Exception {
        double share = 0.1;
        try (TrainingServer shared = TrainingServer.start(ServerOptions.local(BASE)
                .withFineTuning(FineTuningOptions.in(own).withTimeShare(share)))) {
            ObjectNode job =
                    TrainingServer.job(shared.upload(TrainingServer.rows(25).repeat(40)), 50);
            String id = shared.create(job).json().path("id").asText();
            TestServer.await("it trains", () -> steps(shared, id) > 3);
            double alone = stepsPerSecond(shared, id, 2);
            AtomicBoolean ended = new AtomicBoolean();
            CompletableFuture<Void> requests = CompletableFuture.runAsync(() -> {
                while (!ended.get()) {
                    shared.http.post("/v1/completions", completion(BASE, 2000, ", \"n\": 4"));
                }
            });
            TestServer.await("requests run", () -> shared.http.server.sequences() > 0);
            long before = steps(shared, id);
            double beside = stepsPerSecond(shared, id, 3);
            TestServer.await("it goes on beside them", () -> steps(shared, id) > before);
            ended.set(true);
            requests.get();
            assertThat(beside)
                    .as("steps in a second beside requests, %s alone", alone)
                    .isLessThan(3 * share * alone);
        }
    }

    @Test
    void aJobThatNeedsMoreMemoryThanAllMayTakeFailsWithBothNumbers(@TempDir Path own) throws Exception {
        try (TrainingServer small = TrainingServer.start(ServerOptions.local(BASE)
                .withFineTuning(FineTuningOptions.in(own).withJobs(1, 1_000)))) {
            String job = small.begin(small.upload(TrainingServer.rows(8)), 1);
            JsonNode error = small.await(job, "failed").path("error");
            assertThat(error.path("code").asText()).isEqualTo("insufficient_memory");
            assertThat(error.path("message").asText()).contains("MB, all jobs together may take 0 MB");
        }
    }

    @Test
    void withoutAFolderThereAreNoSuchRoutes() {
        try (TestServer plain = TestServer.start()) {
            for (String path : List.of("/v1/files", "/v1/fine_tuning/jobs")) {
                assertThat(plain.get(path).status()).isEqualTo(404);
            }
            assertThat(plain.send(plain.request("/v1/models/x").DELETE()).status())
                    .isEqualTo(405);
        }
    }
}
