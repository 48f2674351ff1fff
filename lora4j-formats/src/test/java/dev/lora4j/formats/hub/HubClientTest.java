package dev.lora4j.formats.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubClientTest {
    private static final String CONFIG = "{\"model_type\":\"llama\"}";
    private static final byte[] WEIGHTS = randomBytes(100_000);

    @TempDir
    private Path root;

    private FakeHub hub;
    private Path repository;
    private final List<String> progress = new CopyOnWriteArrayList<>();

    @BeforeEach
    void startHub() {
        hub = new FakeHub()
                .small("config.json", CONFIG)
                .small("tokenizer.json", "{}")
                .small("README.md", "# not needed")
                .large("model.safetensors", WEIGHTS)
                .large("pytorch_model.bin", new byte[] {1});
        repository = root.resolve("cache/models--org--model");
    }

    @AfterEach
    void stopHub() {
        hub.close();
    }

    private static byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        new Random(3).nextBytes(bytes);
        return bytes;
    }

    private HubClient client(boolean offline, boolean symlinks) {
        HubSettings settings = new HubSettings(hub.endpoint(), root.resolve("cache"), "hf_secret", offline, symlinks);
        return HubClient.impatient(settings, new Recorder(), Duration.ofMillis(500));
    }

    private final class Recorder implements DownloadProgress {
        @Override
        public void advanced(String file, long bytes, long total) {
            progress.add(file + " " + bytes + "/" + total);
        }

        @Override
        public void usesCache(String reason) {
            progress.add("uses the cache");
        }
    }

    private Path pull() {
        return client(false, true).pull("org/model", "main");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void laysTheCacheOutAsPythonDoes() throws IOException {
        Path snapshot = pull();
        assertThat(snapshot).isEqualTo(repository.resolve("snapshots").resolve(FakeHub.COMMIT));
        assertThat(names(snapshot)).containsExactly("config.json", "model.safetensors", "tokenizer.json");
        assertThat(repository.resolve("refs/main")).hasContent(FakeHub.COMMIT);
        assertThat(names(repository.resolve("blobs")))
                .containsExactlyInAnyOrder(
                        FakeHub.sha256(WEIGHTS),
                        "9e26dfeeb6e641a33dae4961196235bdb965b21b", // git hash-object of {}
                        FakeHub.gitSha1(CONFIG.getBytes(UTF_8)));
        Path weights = snapshot.resolve("model.safetensors");
        assertThat(Files.readSymbolicLink(weights)).isEqualTo(Path.of("../../blobs", FakeHub.sha256(WEIGHTS)));
        assertThat(weights).hasBinaryContent(WEIGHTS);
        assertThat(snapshot.resolve("config.json")).hasContent(CONFIG);
        assertThat(progress).contains("model.safetensors 100000/100000");
    }

    @Test
    void sendsTheTokenToTheHubAndNowhereElse() {
        pull();
        assertThat(hub.requests("hub ")).isNotEmpty().allMatch(request -> request.endsWith(" Bearer hf_secret"));
        assertThat(hub.requests("storage ")).isNotEmpty().noneMatch(request -> request.contains("Bearer"));
    }

    @Test
    void downloadsNothingTwice() {
        pull();
        int before = hub.requests("GET").size();
        pull();
        assertThat(hub.requests("GET")).hasSize(before + 1); // the list of files
    }

    @Test
    void goesOnWhereAnInterruptedDownloadEnded() {
        hub.breakOff(30_000, 2);
        Path snapshot = pull();
        assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(hub.requests("storage"))
                .containsExactly(
                        "storage GET /model.safetensors",
                        "storage GET /model.safetensors bytes=30000-",
                        "storage GET /model.safetensors bytes=60000-");
    }

    @Test
    void goesOnInALaterRun() throws IOException {
        hub.breakOff(1000, 100);
        assertThatThrownBy(this::pull)
                .isInstanceOf(HubException.class)
                .hasMessageContaining("the download of model.safetensors failed 5 times");
        assertThat(client(false, true).cached("org/model", "main")).isEmpty();
        assertThat(repository.resolve("refs")).doesNotExist();
        assertThat(repository.resolve("blobs").resolve(FakeHub.sha256(WEIGHTS) + ".incomplete"))
                .hasSize(5000);

        hub.breakOff(0, 0);
        assertThat(pull().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(hub.requests("storage")).last().isEqualTo("storage GET /model.safetensors bytes=5000-");
        assertThat(names(repository.resolve("blobs"))).hasSize(3);
    }

    @Test
    void startsAgainWhenTheHubIgnoresTheRange() {
        hub.ignoreRanges();
        hub.breakOff(40_000, 1);
        assertThat(pull().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    }

    @Test
    void givesUpAnAnswerThatStallsAndGoesOn() {
        hub.stall();
        hub.breakOff(40_000, 1);
        assertThat(pull().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(hub.requests("storage")).last().isEqualTo("storage GET /model.safetensors bytes=40000-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "config.json"})
    void refusesContentWithAnotherDigestAndKeepsNothingOfIt(String file) throws IOException {
        byte[] lie = file.equals("config.json") ? CONFIG.replace('l', 'L').getBytes(UTF_8) : WEIGHTS.clone();
        lie[lie.length - 1] ^= 1;
        hub.lieAbout(file, lie);
        assertThatThrownBy(this::pull)
                .isInstanceOf(HubException.class)
                .hasMessageStartingWith(file + " arrived with the digest ")
                .hasMessageEndingWith("; it was removed, try again");
        assertThat(client(false, true).cached("org/model", "main")).isEmpty();
        assertThat(names(repository.resolve("blobs"))).noneMatch(name -> name.endsWith(".incomplete"));
        assertThat(repository.resolve("snapshots").resolve(FakeHub.COMMIT).resolve(file))
                .doesNotExist();
    }

    @Test
    void refusesMoreThanTheHubAnnounced() {
        hub.lieAbout("model.safetensors", Arrays.copyOf(WEIGHTS, WEIGHTS.length + 1));
        assertThatThrownBy(this::pull)
                .isInstanceOf(HubException.class)
                .hasMessageContaining("sends more for model.safetensors than the 100000 bytes");
    }

    @Test
    void startsAgainWhenWhatWasLeftIsNotABeginning() throws IOException {
        Path blobs = Files.createDirectories(repository.resolve("blobs"));
        Files.write(blobs.resolve(FakeHub.sha256(WEIGHTS) + ".incomplete"), new byte[500]);
        assertThat(pull().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(hub.requests("storage"))
                .containsExactly("storage GET /model.safetensors bytes=500-", "storage GET /model.safetensors");
    }

    @Test
    void replacesABlobThatIsTooShort() throws IOException {
        Path blob = Files.createDirectories(repository.resolve("blobs")).resolve(FakeHub.sha256(WEIGHTS));
        Files.write(blob, new byte[10]);
        assertThat(pull().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    }

    @Test
    void usesOnlyTheCacheWhenOffline() {
        assertThatThrownBy(() -> client(true, true).pull("org/model", "main"))
                .isInstanceOf(HubException.class)
                .hasMessage("org/model is not in the cache " + root.resolve("cache")
                        + ", and HF_HUB_OFFLINE forbids to download it");
        Path online = pull();
        int before = hub.requests().size();
        assertThat(client(true, true).pull("org/model", "main")).isEqualTo(online);
        assertThat(client(true, true).cached("org/model", FakeHub.COMMIT)).contains(online);
        assertThat(hub.requests()).hasSize(before);
    }

    @Test
    void usesTheCacheWhenTheHubCannotBeReached() {
        Path online = pull();
        hub.close();
        assertThat(pull()).isEqualTo(online);
        assertThat(progress).last().isEqualTo("uses the cache");
        assertThatThrownBy(() -> client(false, true).pull("org/model", "other"))
                .isInstanceOf(HubException.class)
                .hasMessageStartingWith("cannot download org/model@other from " + hub.endpoint());
    }

    @Test
    void copiesWhereLinksAreNotPossible() throws IOException {
        Path snapshot = client(false, false).pull("org/model", "main");
        assertThat(Files.isSymbolicLink(snapshot.resolve("model.safetensors"))).isFalse();
        assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    }

    @Test
    void downloadsTheShardsThatTheIndexNames() throws IOException {
        try (FakeHub sharded = new FakeHub()
                .small("config.json", CONFIG)
                .small(
                        "model.safetensors.index.json",
                        "{\"weight_map\":{\"a\":\"s-1.safetensors\",\"b\":\"s-2.safetensors\"}}")
                .large("s-1.safetensors", new byte[] {1})
                .large("s-2.safetensors", new byte[] {2})
                .large("consolidated.safetensors", new byte[] {3})) {
            HubSettings settings = new HubSettings(sharded.endpoint(), root.resolve("cache"), "", false, true);
            HubClient client = HubClient.of(settings, DownloadProgress.none());
            Path snapshot = client.pull("org/model", "main");
            assertThat(names(snapshot))
                    .containsExactly(
                            "config.json", "model.safetensors.index.json", "s-1.safetensors", "s-2.safetensors");
            assertThat(client.cached("org/model", "main")).contains(snapshot);
            Files.delete(snapshot.resolve("s-2.safetensors"));
            assertThat(client.cached("org/model", "main")).isEmpty();
            assertThat(sharded.requests("Bearer")).isEmpty();
        }
    }

    @Test
    void refusesAnIndexThatLeavesTheFolder() {
        try (FakeHub hostile = new FakeHub()
                .small("config.json", CONFIG)
                .small("model.safetensors.index.json", "{\"weight_map\":{\"a\":\"../../x\"}}")) {
            HubSettings settings = new HubSettings(hostile.endpoint(), root.resolve("cache"), "", false, true);
            assertThatThrownBy(() ->
                            HubClient.of(settings, DownloadProgress.none()).pull("org/model", "main"))
                    .hasMessageContaining("names the file \"../../x\"");
            assertThat(hostile.requests("/x")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "401, RepoNotFound, 'org/model is not on ENDPOINT, or is private: check the name, or check the token in HF_TOKEN'",
        "404, RepoNotFound, 'org/model is not on ENDPOINT, or is private: check the name, or check the token in HF_TOKEN'",
        "403, GatedRepo, 'org/model is closed to you: accept its terms at ENDPOINT/org/model and check the token in HF_TOKEN'",
        "404, RevisionNotFound, org/model has no revision \"main\"",
        "418, '', the hub answers 418 for org/model",
        "503, '', 'cannot download org/model from ENDPOINT: the list of files failed 5 times: the hub answers 503'"
    })
    void saysWhyTheHubRefuses(int status, String code, String message) {
        hub.refuseEverything(status, code);
        assertThatThrownBy(this::pull)
                .isInstanceOf(HubException.class)
                .hasMessage(message.replace("ENDPOINT", hub.endpoint().toString()));
    }

    @Test
    void saysWhatARepositoryWithoutSafetensorsHas() {
        try (FakeHub other = new FakeHub().small("config.json", CONFIG).large("m-q4.gguf", new byte[] {1})) {
            HubSettings settings = new HubSettings(other.endpoint(), root.resolve("cache"), "", false, true);
            assertThatThrownBy(() ->
                            HubClient.of(settings, DownloadProgress.none()).pull("org/model", "main"))
                    .hasMessage("org/model has no model.safetensors; it has m-q4.gguf: download that file and give its"
                            + " path");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b/c", "../x", "a/../b", "a--b", "a b", "/a", "a/", "x.git", "a\\b", "a\u0000", "é"})
    void refusesNamesThatTheHubDoesNotAllow(String name) {
        assertThatThrownBy(() -> client(false, true).pull(name, "main"))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("is not a name on the hub");
        assertThat(hub.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "a/../b", "/a", "a b", "a\u0000", "a?b", "a#b"})
    void refusesRevisionsThatCouldMeanAnotherPath(String revision) {
        assertThatThrownBy(() -> client(false, true).pull("org/model", revision))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("is not a revision");
        assertThat(hub.requests()).isEmpty();
    }

    @Test
    void letsTwoThreadsPullTheSameModel() throws Exception {
        List<Path> pulled = new CopyOnWriteArrayList<>();
        List<Thread> threads = Stream.generate(() -> new Thread(() -> pulled.add(pull())))
                .limit(4)
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(pulled).hasSize(4);
        assertThat(hub.requests("storage")).hasSize(1);
        assertThat(pulled.get(0).resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    }
}
