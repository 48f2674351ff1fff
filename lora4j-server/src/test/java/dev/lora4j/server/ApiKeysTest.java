package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static dev.lora4j.server.TestServer.completion;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.InvalidFileException;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Who may do what. The hashes are those of {@code printf %s KEY | sha256sum}. */
class ApiKeysTest {
    private static final String USER = "user-key-1234567890"; // infer, the base and all-linear
    private static final String ADMIN = "admin-key-1234567890"; // admin and infer, all models
    private static final String TRAINER = "train-key-1234567890"; // train

    private static final String KEYS = """
            {"keys": [
              {"name": "user", "sha256": "%s", "scopes": ["infer"], "models": ["letters", "all-linear"]},
              {"name": "admin", "sha256": "%s", "scopes": ["admin", "infer"]},
              {"name": "trainer", "sha256": "%s", "scopes": ["train"]}]}
            """.formatted(
                    "b1581d61ba3fe56779a5c5e45ac845368289ba35544a92b46eca372869334c79",
                    "e581c8f68327d51229aeaa1e7a262cf019b228b068bfe51cd7769b9db0599293",
                    "bdcffd8a629bbe7af10ccf7c7bfaef39d8727e35ad05dac2c4e8b3cee526f5e6");

    @TempDir
    Path folder;

    private TestServer server = TestServer.start();

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("keys.json"), content);
    }

    @BeforeEach
    void start() throws IOException {
        server.close();
        Path root = Files.createDirectories(folder.resolve("root"));
        server = TestServer.start(
                        ServerOptions.local(BASE).withAdapterLoading(root).withKeys(ApiKeys.read(file(KEYS))))
                .with("all-linear", "saved-head");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private TestServer.Answer call(HandlerType method, String path, String authorization) {
        HttpRequest.Builder request = server.request(path);
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return server.send(
                method.equals(HandlerType.POST)
                        ? request.POST(BodyPublishers.ofString(completion(BASE, 1, "")))
                        : request.GET());
    }

    private record Known(HandlerType method, String path, Permission permission) {}

    /** Every route of the server with loading switched on; a new one must be put here, with its permission. */
    private static final List<Known> ROUTES = List.of(
            new Known(HandlerType.POST, "/v1/chat/completions", Permission.INFER),
            new Known(HandlerType.POST, "/v1/completions", Permission.INFER),
            new Known(HandlerType.POST, "/v1/embeddings", Permission.INFER),
            new Known(HandlerType.GET, "/v1/models", Permission.INFER),
            new Known(HandlerType.GET, "/v1/models/<id>", Permission.INFER),
            new Known(HandlerType.GET, "/health", Permission.OPEN),
            new Known(HandlerType.GET, "/ready", Permission.OPEN),
            new Known(HandlerType.GET, "/metrics", Permission.ADMIN),
            new Known(HandlerType.POST, "/v1/load_lora_adapter", Permission.ADMIN),
            new Known(HandlerType.POST, "/v1/unload_lora_adapter", Permission.ADMIN),
            new Known(HandlerType.POST, "/v1/rollback_lora_adapter", Permission.ADMIN));

    @Test
    void everyRouteThatThereIsIsInTheTable() {
        List<Known> found = server.server.routes().stream()
                .filter(route -> route.permission() != Permission.PAGE) // PageKeysTest has those
                .map(route -> new Known(route.method(), route.path(), route.permission()))
                .toList();
        assertThat(found).containsExactlyInAnyOrderElementsOf(ROUTES);
    }

    @Test
    void everyRouteAsksForAKeyWithItsScope() {
        for (Known route : ROUTES) {
            String path = route.path().replace("<id>", BASE);
            List<String> wrong = new ArrayList<>(List.of(
                    "",
                    "Bearer",
                    "Bearer ",
                    "Bearer wrong",
                    "Basic " + USER,
                    USER,
                    "Bearer " + USER.toUpperCase(java.util.Locale.ROOT),
                    "Bearer " + USER + "x"));
            for (String header : wrong) {
                int status = call(route.method(), path, header).status();
                assertThat(status)
                        .as(path + " with " + header)
                        .isEqualTo(route.permission() == Permission.OPEN ? 200 : 401);
            }
            int asUser = call(route.method(), path, "Bearer " + USER).status();
            int asTrainer = call(route.method(), path, "Bearer " + TRAINER).status();
            if (route.permission() == Permission.ADMIN) {
                assertThat(asUser).as(path + " as user").isEqualTo(403);
            } else {
                assertThat(asUser).as(path + " as user").isNotIn(401, 403);
            }
            assertThat(asTrainer).as(path + " as trainer").isEqualTo(route.permission() == Permission.OPEN ? 200 : 403);
            assertThat(call(route.method(), path, "bearer " + ADMIN).status())
                    .as(path + " as admin")
                    .isNotIn(401, 403);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/web", "/v1/files", "/admin", "/metrics/", "/v1/fine_tuning/jobs", "/health/../metrics"})
    void whatIsNoRouteAsksForAKeyToo(String path) {
        TestServer.Answer answer = call(HandlerType.GET, path, "");
        assertThat(answer.status()).isIn(400, 401);
        assertThat(answer.error().path("message").asText()).isNotBlank();
    }

    @Test
    void theAnswerToNoKeyIsOpenAis() {
        TestServer.Answer none = call(HandlerType.GET, "/v1/models", "");
        assertThat(none.error().path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(none.error().path("code").asText()).isEqualTo("invalid_api_key");
        assertThat(none.header("WWW-Authenticate")).isEqualTo("Bearer");
        TestServer.Answer wrong = call(HandlerType.GET, "/v1/models", "Bearer secret-of-mine");
        assertThat(wrong.response().body()).doesNotContain("secret-of-mine");
    }

    @Test
    void aKeySeesAndUsesItsModelsAlone() {
        JsonNode list = call(HandlerType.GET, "/v1/models", "Bearer " + USER).json();
        assertThat(list.path("data"))
                .extracting(model -> model.path("id").asText())
                .containsExactly(BASE, "all-linear");
        assertThat(call(HandlerType.GET, "/v1/models/saved-head", "Bearer " + USER)
                        .status())
                .isEqualTo(404);
        assertThat(call(HandlerType.GET, "/v1/models/saved-head", "Bearer " + ADMIN)
                        .status())
                .isEqualTo(200);
        for (String model : List.of("all-linear", "saved-head")) {
            HttpRequest.Builder request = server.request("/v1/completions")
                    .header("Authorization", "Bearer " + USER)
                    .POST(BodyPublishers.ofString(completion(model, 1, "")));
            assertThat(server.send(request).status()).isEqualTo(model.equals("all-linear") ? 200 : 404);
        }
    }

    @Test
    void aSumOfAdaptersNeedsTheRightToEachOfThem() {
        for (String second : List.of("saved-head", "nobody")) {
            String body =
                    completion(BASE, 1, ", \"adapters\": [{\"name\": \"all-linear\"}, {\"name\": \"" + second + "\"}]");
            TestServer.Answer answer = server.send(server.request("/v1/completions")
                    .header("Authorization", "Bearer " + USER)
                    .POST(BodyPublishers.ofString(body)));
            assertThat(answer.status()).as(second).isEqualTo(404);
            assertThat(answer.error().path("message").asText())
                    .isEqualTo("The model `" + second + "` does not exist or you do not have access to it.");
        }
        String one = completion(BASE, 1, ", \"adapters\": [{\"name\": \"all-linear\", \"weight\": 0.5}]");
        assertThat(server.send(server.request("/v1/completions")
                                .header("Authorization", "Bearer " + USER)
                                .POST(BodyPublishers.ofString(one)))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void theAccessLogNamesTheKeyAndNeverHasItNorThePromptNorALineOfTheClients() throws InterruptedException {
        Logger logger = (Logger) LoggerFactory.getLogger("dev.lora4j.server.access");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            call(HandlerType.POST, "/v1/completions", "Bearer " + USER);
            TestServer.await("it is written", () -> lines.list.size() == 1); // after the answer is sent
            call(HandlerType.GET, "/v1/models/a%E2%80%A8b%C2%85", "Bearer " + ADMIN); // ends of lines in Unicode
            TestServer.await("it is written", () -> lines.list.size() == 2);
            call(HandlerType.GET, "/v1/models", "Bearer wrong");
            TestServer.await("it is written", () -> lines.list.size() == 3);
            List<String> texts =
                    lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
            assertThat(texts.get(0))
                    .contains("POST /v1/completions 200", "key=user", "model=letters", "in=7", "out=1")
                    .doesNotContain(LetterModel.PROMPT);
            assertThat(texts.get(1)).hasLineCount(1).matches("[ -~]* GET /v1/models/a[ -~]* 404 [ -~]*");
            assertThat(texts.get(2)).contains(" 401 ", "key=-");
            assertThat(texts).noneMatch(text -> text.contains(USER) || text.contains(ADMIN) || text.contains("wrong"));
        } finally {
            logger.detachAppender(lines);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"keys\": []}",
                "{\"keys\": [{\"name\": \"a\", \"sha256\": \"12\", \"scopes\": [\"infer\"]}]}",
                "{\"keys\": [{\"name\": \"a b\", \"sha256\": \"HASH\", \"scopes\": [\"infer\"]}]}",
                "{\"keys\": [{\"name\": \"a\", \"sha256\": \"HASH\", \"scopes\": []}]}",
                "{\"keys\": [{\"name\": \"a\", \"sha256\": \"HASH\", \"scopes\": [\"open\"]}]}",
                "{\"keys\": [{\"name\": \"a\", \"sha256\": \"HASH\", \"scopes\": [\"infer\"], \"key\": \"plain\"}]}"
            })
    void aFileThatIsNoListOfKeysIsRefused(String content) throws IOException {
        Path file = file(content.replace("HASH", "0".repeat(64)));
        assertThatThrownBy(() -> ApiKeys.read(file))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("keys.json");
    }

    @Test
    void withoutKeysTheServerListensOnThisMachineAlone() throws IOException {
        ApiKeys none = ApiKeys.none();
        for (String host : List.of("0.0.0.0", "::", "192.0.2.1")) {
            assertThatThrownBy(() -> options(host, none))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(host)
                    .hasMessageContaining("keys");
        }
        assertThat(options("localhost", none).host()).isEqualTo("localhost");
        assertThat(options("::1", none).host()).isEqualTo("::1");
        assertThat(options("0.0.0.0", ApiKeys.read(file(KEYS))).host()).isEqualTo("0.0.0.0");
    }

    /** A site whose name is given this machine's address is of the same origin to a browser, but it has its own name. */
    @ParameterizedTest
    @CsvSource({
        "localhost:1, 200",
        "127.0.0.1:1, 200",
        "127.0.1.1, 200",
        "[::1]:1, 200",
        "evil.example, 403",
        "127.0.0.1.evil.example, 403",
        "192.0.2.1, 403"
    })
    void withoutKeysItAnswersToThisMachinesNamesAlone(String host, int status) throws IOException {
        try (TestServer open = TestServer.start();
                Socket socket = open.connect()) {
            socket.getOutputStream()
                    .write(("GET /v1/models HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 " + status);
        }
    }

    private static ServerOptions options(String host, ApiKeys keys) {
        return new ServerOptions(BASE, host, 0, Limits.defaults(), keys, java.util.Optional.empty(), false);
    }
}
