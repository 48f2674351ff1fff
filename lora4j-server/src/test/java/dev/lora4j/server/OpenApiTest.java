package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static dev.lora4j.server.TestServer.chat;
import static dev.lora4j.server.TestServer.completion;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.server.finetuning.FineTuningOptions;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * docs/openapi.yaml against the server. Beside these, {@link TestServer} holds every answer of every test against the
 * file, and every request that was answered with 200.
 */
class OpenApiTest {
    @TempDir
    Path folder;

    private static Set<String> routes(TestServer server) {
        return server.server.routes().stream()
                .filter(route -> route.permission() != Permission.PAGE)
                .map(route -> OpenApi.operation(route.method().toString(), route.path()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void theFileHasEveryRouteAndNoOther() {
        try (TestServer all = TestServer.start(everything());
                TestServer encoder = TestServer.encoder()) {
            assertThat(routes(all)).isEqualTo(OpenApi.FILE.operations());
            assertThat(OpenApi.FILE.operations()).containsAll(routes(encoder));
        }
    }

    private ServerOptions everything() {
        return ServerOptions.local(BASE)
                .withAdapterLoading(folder)
                .withFineTuning(FineTuningOptions.in(folder.resolve("data")));
    }

    /** Asks for something that must be there, whose body may be none. */
    private static TestServer.Answer ask(TestServer server, String method, String path) {
        TestServer.Answer answer = server.send(server.request(path).method(method, BodyPublishers.noBody()));
        assertThat(answer.status()).as(method + " " + path).isEqualTo(200);
        return answer;
    }

    @Test
    void modelsAndAnswersAreByTheFile() throws IOException {
        Files.createDirectories(folder.resolve("polite"));
        try (var files = Files.list(LetterModel.adapter("all-linear"))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve("polite").resolve(file.getFileName()));
            }
        }
        try (TestServer server = TestServer.start(everything()).with("all-linear")) {
            assertThat(server.post("/v1/load_lora_adapter", "{\"lora_name\": \"polite\", \"lora_path\": null}")
                            .status())
                    .isEqualTo(200);
            for (String path : new String[] {"/v1/models", "/v1/models/polite", "/health", "/ready", "/metrics"}) {
                ask(server, "GET", path);
            }
            String sum = ", \"adapters\": [{\"name\": \"polite\", \"weight\": 0.5}, {\"name\": \"all-linear\"}]";
            String streamed = ", \"stream\": true, \"stream_options\": {\"include_usage\": true}";
            for (String more : new String[] {"", streamed}) {
                String chat = chat("polite", 5, ", \"logprobs\": true, \"top_logprobs\": 2, \"n\": 2" + more);
                assertThat(server.post("/v1/chat/completions", chat).status()).isEqualTo(200);
                String completion = completion(BASE, 5, ", \"logprobs\": 2, \"echo\": true, \"stop\": [\"x\"]" + more);
                assertThat(server.post("/v1/completions", completion).status()).isEqualTo(200);
                assertThat(server.post("/v1/completions", completion(BASE, 5, sum + more))
                                .status())
                        .isEqualTo(200);
            }
            assertThat(server.post("/v1/rollback_lora_adapter", "{\"lora_name\": \"polite\"}")
                            .status())
                    .as("it had none before")
                    .isEqualTo(409);
            assertThat(server.post("/v1/unload_lora_adapter", "{\"lora_name\": \"polite\"}")
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void fineTuningIsByTheFile() throws InterruptedException {
        try (TrainingServer server = TrainingServer.start(everything())) {
            String file = server.upload(TrainingServer.rows(8));
            for (String path : new String[] {"", "?limit=1&order=asc&purpose=fine-tune", "/" + file}) {
                ask(server.http, "GET", "/v1/files" + path);
            }
            assertThat(ask(server.http, "GET", "/v1/files/" + file + "/content")
                            .response()
                            .body())
                    .isEqualTo(TrainingServer.rows(8));
            ObjectNode wanted = TrainingServer.job(file, 2).put("validation_file", file);
            wanted.putObject("metadata").put("team", "red");
            String id = server.create(wanted).json().path("id").asText();
            String job = "/v1/fine_tuning/jobs/" + id;
            server.await(id, "succeeded");
            for (String path : new String[] {"", "/events", "/events?limit=2", "/checkpoints"}) {
                ask(server.http, "GET", job + path);
            }
            ask(server.http, "GET", "/v1/fine_tuning/jobs?limit=1&metadata%5Bteam%5D=red");
            String model = server.job(id).path("fine_tuned_model").asText();
            ask(server.http, "DELETE", "/v1/models/" + model);
            String longer = server.begin(file, 50);
            for (String action : new String[] {"/pause", "/resume", "/cancel"}) {
                ask(server.http, "POST", "/v1/fine_tuning/jobs/" + longer + action);
            }
            server.await(longer, "cancelled");
            ask(server.http, "DELETE", "/v1/files/" + file);
        }
    }

    /** The file is not so wide that it lets everything through. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /v1/completions      | {"model": "m"}
            /v1/completions      | {"model": "m", "prompt": ""}
            /v1/completions      | {"model": "m", "prompt": [-1]}
            /v1/completions      | {"model": "m", "prompt": "a", "max_tokens": -1}
            /v1/completions      | {"model": "m", "prompt": "a", "temperature": 2.5}
            /v1/completions      | {"model": "m", "prompt": "a", "stop": ["a", "b", "c", "d", "e"]}
            /v1/completions      | {"model": "m", "prompt": "a", "logit_bias": {"x": 1}}
            /v1/completions      | {"model": "m", "prompt": "a", "unknown": 1}
            /v1/chat/completions | {"model": "m", "messages": []}
            /v1/chat/completions | {"model": "m", "messages": [{"role": "tool", "content": "a"}]}
            /v1/chat/completions | {"model": "m", "messages": [{"role": "assistant", "content": null}]}
            /v1/chat/completions | {"model": "m", "messages": [{"role": "user", "content": "a", "tool_call_id": "b"}]}
            /v1/chat/completions | {"model": "m", "messages": [{"role": "user", "content": "a"}], "tool_choice": "any"}
            /v1/chat/completions | {"model": "m", "messages": [{"role": "user", "content": "a"}], "adapters": [{}]}
            /v1/chat/completions | {"model": "m", "messages": [{"role": "user", "content": "a"}], "response_format": {"type": "json_schema"}}
            /v1/chat/completions | {"model": "m", "messages": [{"role": "user", "content": "a"}], "top_logprobs": 21}
            /v1/embeddings       | {"model": "m", "input": "a", "dimensions": 3}
            /v1/load_lora_adapter| {"lora_name": "../a"}
            /v1/fine_tuning/jobs | {"model": "m", "training_file": "f", "suffix": "a:b"}
            /v1/fine_tuning/jobs | {"model": "m", "training_file": "f", "method": {"type": "dpo"}}
            /v1/fine_tuning/jobs | {"model": "m", "training_file": "f", "hyperparameters": {"n_epochs": 0}}
            """)
    void theFileRefusesWhatTheServerRefuses(String path, String body) {
        assertThat(OpenApi.FILE.requestFaults(path, body)).isNotEmpty();
    }
}
