package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static dev.lora4j.server.TestServer.completion;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.Lora4jException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters that come and go while the server runs, and names that nobody should be able to use. */
class AdapterApiTest {
    /** PEFT's greedy tokens after the golden prompt with its first adapter are 17 68 95 37 … */
    private static final String ADAPTED = "/b}C";

    @TempDir
    Path folder;

    private Path root = Path.of("");
    private TestServer server = TestServer.start();

    @BeforeEach
    void start() throws IOException {
        server.close();
        root = Files.createDirectory(folder.resolve("root"));
        copy("", root.resolve("first"));
        copy("all-linear", root.resolve("second"));
        copy("saved-head", folder.resolve("outside"));
        Files.createSymbolicLink(root.resolve("link"), folder.resolve("outside"));
        server = TestServer.start(ServerOptions.local(BASE).withAdapterLoading(root));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static void copy(String variant, Path target) throws IOException {
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(LetterModel.adapter(variant))) {
            files.forEach(file -> {
                try {
                    Files.deleteIfExists(target.resolve(file.getFileName().toString()));
                    Files.copy(file, target.resolve(file.getFileName().toString()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    private TestServer.Answer load(String name, String path, boolean inPlace) {
        ObjectNode body = TestServer.JSON
                .createObjectNode()
                .put("lora_name", name)
                .put("lora_path", path)
                .put("load_inplace", inPlace);
        return server.post("/v1/load_lora_adapter", body.toString());
    }

    private TestServer.Answer unload(String name) {
        return server.post(
                "/v1/unload_lora_adapter",
                TestServer.JSON.createObjectNode().put("lora_name", name).toString());
    }

    private String text(String model, int tokens) {
        TestServer.Answer answer = server.post("/v1/completions", completion(model, tokens, ""));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.json().path("choices").path(0).path("text").asText();
    }

    @Test
    void anAdapterIsLoadedServedListedAndUnloaded() {
        assertThat(server.post("/v1/completions", completion("polite", 4, "")).status())
                .isEqualTo(404);
        TestServer.Answer loaded = load("polite", "first", false);
        assertThat(loaded.status()).as(loaded.response().body()).isEqualTo(200);
        assertThat(text("polite", 4)).isEqualTo(ADAPTED);
        assertThat(text(BASE, 12)).isEqualTo(LetterModel.ANSWER);
        JsonNode model = server.get("/v1/models/polite").json();
        assertThat(model).isEqualTo(loaded.json());
        assertThat(model.path("parent").asText()).isEqualTo(BASE);
        assertThat(model.path("digest").asText()).matches("[0-9a-f]{64}");
        assertThat(server.get("/v1/models").json().path("data")).hasSize(2);
        assertThat(server.post("/v1/completions", completion("polite", 1, "")).header("x-lora4j-adapter-digest"))
                .isEqualTo(model.path("digest").asText());

        TestServer.Answer gone = unload("polite");
        assertThat(gone.status()).isEqualTo(200);
        assertThat(gone.json().path("unloaded").asBoolean()).isTrue();
        assertThat(server.server.versionsInMemory()).isZero();
        assertThat(server.post("/v1/completions", completion("polite", 4, "")).status())
                .isEqualTo(404);
        assertThat(unload("polite").status()).isEqualTo(404);
    }

    @Test
    void thePathIsTheNameIfNoneIsGiven() {
        assertThat(server.post("/v1/load_lora_adapter", "{\"lora_name\": \"first\"}")
                        .status())
                .isEqualTo(200);
        assertThat(text("first", 4)).isEqualTo(ADAPTED);
    }

    @Test
    void aNameGetsNewWeightsOnlyIfThatIsMeant() throws IOException {
        load("a", "first", false);
        String digest = server.get("/v1/models/a").json().path("digest").asText();
        TestServer.Answer refused = load("a", "second", false);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error().path("message").asText()).contains("load_inplace");
        assertThat(text("a", 4)).isEqualTo(ADAPTED);

        assertThat(load("a", "second", true).status()).isEqualTo(200);
        assertThat(text("a", 4)).isNotEqualTo(ADAPTED);
        assertThat(server.get("/v1/models/a").json().path("digest").asText()).isNotEqualTo(digest);
        assertThat(server.server.versionsInMemory())
                .as("the earlier one is kept to go back to")
                .isEqualTo(2);

        copy("", root.resolve("second")); // the same folder with the first one's content
        assertThat(load("a", "second", true).status()).isEqualTo(200);
        assertThat(server.get("/v1/models/a").json().path("digest").asText()).isEqualTo(digest);
        assertThat(text("a", 4)).isEqualTo(ADAPTED);
    }

    @Test
    void aNameGoesBackToTheWeightsThatItHadBefore() {
        load("a", "first", false);
        String digest = server.get("/v1/models/a").json().path("digest").asText();
        assertThat(rollback("a").status()).as("there is no earlier one").isEqualTo(409);
        load("a", "second", true);
        assertThat(text("a", 4)).isNotEqualTo(ADAPTED);
        TestServer.Answer back = rollback("a");
        assertThat(back.status()).isEqualTo(200);
        assertThat(back.json().path("digest").asText()).isEqualTo(digest);
        assertThat(text("a", 4)).isEqualTo(ADAPTED);
        assertThat(server.server.versionsInMemory()).isEqualTo(1);
        assertThat(rollback("a").status()).isEqualTo(409);
        assertThat(rollback("nobody").status()).isEqualTo(404);
    }

    private TestServer.Answer rollback(String name) {
        return server.post(
                "/v1/rollback_lora_adapter",
                TestServer.JSON.createObjectNode().put("lora_name", name).toString());
    }

    @Test
    void requestsThatRunKeepTheOldWeightsAndTheUnloadWaitsForThem() throws Exception {
        load("a", "first", false);
        String alone = text("a", 1500);
        CompletableFuture<String> running = CompletableFuture.supplyAsync(() -> text("a", 1500));
        TestServer.await("it runs", () -> server.server.sequences() == 1);
        assertThat(load("a", "second", true).status()).isEqualTo(200);
        assertThat(server.server.versionsInMemory())
                .as("the old one is still used")
                .isEqualTo(2);
        assertThat(text("a", 4)).isNotEqualTo(ADAPTED);
        TestServer.Answer gone = unload("a");
        assertThat(gone.status()).isEqualTo(200);
        assertThat(running.get()).isEqualTo(alone);
        assertThat(server.server.versionsInMemory()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../outside", "..", ".", "/etc", "a/../../b", "first/../../outside", "C:\\x", "%2e%2e",
                        "%2e%2e%2foutside",
                "first\u0000", "\u0000", "", " first", "first ", "~", "~root", "http://example.org/x", "file:///etc",
                "fi\u0440st", "\uff26irst", ".first", "-first", "first\n"
            })
    void aHostileNameIsRefusedAsNameAndAsPath(String name) {
        TestServer.Answer asPath = load("polite", name, false);
        assertThat(asPath.status()).as(asPath.response().body()).isEqualTo(400);
        assertThat(asPath.error().path("param").asText()).isEqualTo("lora_path");
        assertThat(asPath.response().body()).doesNotContain(folder.toString());
        TestServer.Answer asName = load(name, "first", false);
        assertThat(asName.status()).as(asName.response().body()).isEqualTo(400);
        assertThat(asName.error().path("param").asText()).isEqualTo("lora_name");
        assertThat(server.get("/v1/models").json().path("data")).hasSize(1);
    }

    @Test
    void aLongNameALinkOutOfTheRootAndTheBasesNameAreRefused() {
        assertThat(load("x".repeat(300), "first", false).status()).isEqualTo(400);
        assertThat(load("ok", "x".repeat(300), false).status()).isEqualTo(400);
        TestServer.Answer link = load("ok", "link", false);
        TestServer.Answer absent = load("ok", "absent", false);
        assertThat(link.status()).isEqualTo(404);
        assertThat(link.error().path("message").asText().replace("link", "absent"))
                .as("nothing tells a link from nothing")
                .isEqualTo(absent.error().path("message").asText());
        TestServer.Answer base = load(BASE, "first", true);
        assertThat(base.status()).isEqualTo(400);
        assertThat(text(BASE, 12)).isEqualTo(LetterModel.ANSWER);
    }

    @Test
    void anAdapterThatDoesNotFitIsRefusedWithTheReasonAndNothingChanges() throws IOException {
        load("a", "first", false);
        Path weights = root.resolve("second").resolve("adapter_model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        Files.write(weights, java.util.Arrays.copyOf(bytes, bytes.length - 8));
        TestServer.Answer truncated = load("a", "second", true);
        assertThat(truncated.status()).isEqualTo(400);
        assertThat(truncated.error().path("param").asText()).isEqualTo("lora_path");
        assertThat(truncated.error().path("message").asText())
                .contains("adapter_model.safetensors")
                .doesNotContain(folder.toString());
        bytes[0] = (byte) 0xff;
        bytes[7] = 0x7f;
        Files.write(weights, bytes);
        assertThat(load("b", "second", false).status()).isEqualTo(400);
        Files.delete(root.resolve("second").resolve("adapter_config.json"));
        assertThat(load("b", "second", false).status()).isEqualTo(400);
        assertThat(text("a", 4)).isEqualTo(ADAPTED);
        assertThat(server.server.versionsInMemory()).isEqualTo(1);
    }

    @Test
    void loadingGoesOnBesideRequestsWithoutTouchingThem() throws Exception {
        String alone = text(BASE, 1000);
        CompletableFuture<String> running = CompletableFuture.supplyAsync(() -> text(BASE, 1000));
        for (int i = 0; i < 20; i++) {
            assertThat(load("a", i % 2 == 0 ? "first" : "second", true).status())
                    .isEqualTo(200);
            text("a", 2);
        }
        unload("a");
        assertThat(running.get()).isEqualTo(alone);
        TestServer.await("all are freed", () -> server.server.versionsInMemory() == 0);
    }

    @Test
    void anUnknownFieldOfTheRequestIsRefused() {
        TestServer.Answer answer = server.post(
                "/v1/load_lora_adapter", "{\"lora_name\": \"a\", \"lora_path\": \"first\", \"url\": \"x\"}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("param").asText()).isEqualTo("url");
    }

    @Test
    void aServerThatAllowsNoLoadingHasNoSuchRoute() {
        try (TestServer closed = TestServer.start()) {
            assertThat(closed.post("/v1/load_lora_adapter", "{\"lora_name\": \"a\"}")
                            .status())
                    .isEqualTo(404);
            assertThatThrownBy(() -> closed.server.publish("../x", LetterModel.adapter("")))
                    .isInstanceOf(Lora4jException.class);
        }
    }
}
