package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static dev.lora4j.server.TestServer.chat;
import static dev.lora4j.server.TestServer.completion;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
                .map(route -> OpenApi.operation(route.method().toString(), route.path()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void theFileHasEveryRouteAndNoOther() {
        try (TestServer all = TestServer.start(ServerOptions.local(BASE).withAdapterLoading(folder));
                TestServer encoder = TestServer.encoder()) {
            assertThat(routes(all)).isEqualTo(OpenApi.FILE.operations());
            assertThat(OpenApi.FILE.operations()).containsAll(routes(encoder));
        }
    }

    @Test
    void everyRouteAnswersByTheFile() throws IOException {
        Files.createDirectories(folder.resolve("polite"));
        try (var files = Files.list(LetterModel.adapter("all-linear"))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve("polite").resolve(file.getFileName()));
            }
        }
        try (TestServer server = TestServer.start(ServerOptions.local(BASE).withAdapterLoading(folder))) {
            assertThat(server.post("/v1/load_lora_adapter", "{\"lora_name\": \"polite\", \"lora_path\": null}")
                            .status())
                    .isEqualTo(200);
            for (String path : new String[] {"/v1/models", "/v1/models/polite", "/health", "/ready", "/metrics"}) {
                assertThat(server.get(path).status()).as(path).isEqualTo(200);
            }
            String streamed = ", \"stream\": true, \"stream_options\": {\"include_usage\": true}";
            for (String more : new String[] {"", streamed}) {
                String chat = chat("polite", 5, ", \"logprobs\": true, \"top_logprobs\": 2, \"n\": 2" + more);
                assertThat(server.post("/v1/chat/completions", chat).status()).isEqualTo(200);
                String completion = completion(BASE, 5, ", \"logprobs\": 2, \"echo\": true, \"stop\": [\"x\"]" + more);
                assertThat(server.post("/v1/completions", completion).status()).isEqualTo(200);
            }
            assertThat(server.post("/v1/unload_lora_adapter", "{\"lora_name\": \"polite\"}")
                            .status())
                    .isEqualTo(200);
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
            /v1/chat/completions | {"model": "m", "messages": [{"role": "user", "content": "a"}], "top_logprobs": 21}
            /v1/embeddings       | {"model": "m", "input": "a", "dimensions": 3}
            /v1/load_lora_adapter| {"lora_name": "../a"}
            """)
    void theFileRefusesWhatTheServerRefuses(String path, String body) {
        assertThat(OpenApi.FILE.requestFaults(path, body)).isNotEmpty();
    }
}
