package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static dev.lora4j.server.TestServer.completion;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.lora.AdapterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder whose adapters come, change, break and go, look by look. */
class AdapterWatchTest {
    @TempDir
    Path folder;

    private final LetterModel letters = LetterModel.open();
    private final AdapterRegistry registry = AdapterRegistry.create();
    private final AdapterShelf shelf = new AdapterShelf(registry, AdapterSource.folders(letters.model()), 1 << 30);
    private final AdapterLoader loader =
            new AdapterLoader(new ServedModels(BASE, 100, 0, shelf), shelf, Limits.defaults());
    private Optional<AdapterWatch> watch = Optional.empty();
    private int writes;

    @BeforeEach
    void begin() throws IOException {
        write("", folder.resolve("a"));
        watch = Optional.of(new AdapterWatch(AdapterRoot.of(folder), loader));
    }

    @AfterEach
    void close() {
        watch.ifPresent(AdapterWatch::close);
        registry.close();
        letters.close();
    }

    private void look() {
        watch.orElseThrow().look();
    }

    private void write(String variant, Path target) throws IOException {
        Files.createDirectories(target);
        for (String name : List.of("adapter_model.safetensors", "adapter_config.json")) {
            write(
                    target.resolve(name),
                    Files.readAllBytes(LetterModel.adapter(variant).resolve(name)));
        }
    }

    /** No two writes at the same time, as far as the file system can tell. */
    private void write(Path file, byte[] bytes) throws IOException {
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L + 1000L * ++writes));
    }

    private static void delete(Path target) throws IOException {
        try (Stream<Path> files = Files.walk(target)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    private String digest(String name) {
        return registry.version(name).orElseThrow().digest();
    }

    @Test
    void whatIsThereAtTheFirstLookIsServedAtOnceAndWhatComesLaterAtTheSecond() throws IOException {
        look();
        assertThat(loader.has("a")).isTrue();
        write("all-linear", folder.resolve("b"));
        look();
        assertThat(loader.has("b")).as("it may still be written").isFalse();
        look();
        assertThat(loader.has("b")).isTrue();
    }

    @Test
    void aFolderThatGrowsIsReadWhenItIsComplete() throws IOException {
        look();
        byte[] weights = Files.readAllBytes(LetterModel.adapter("all-linear").resolve("adapter_model.safetensors"));
        byte[] config = Files.readAllBytes(LetterModel.adapter("all-linear").resolve("adapter_config.json"));
        Path growing = Files.createDirectory(folder.resolve("b"));
        write(growing.resolve("adapter_config.json"), config);
        for (int part = 1; part <= 4; part++) {
            write(growing.resolve("adapter_model.safetensors"), Arrays.copyOf(weights, weights.length * part / 4));
            look();
            assertThat(loader.has("b")).isFalse();
        }
        look();
        assertThat(loader.has("b")).isTrue();
    }

    @Test
    void aChangedFolderIsAnotherVersionAndOneWithEqualContentIsNone() throws IOException {
        look();
        String first = digest("a");
        long number = registry.version("a").orElseThrow().number();
        write("", folder.resolve("a")); // newer files with equal bytes
        look();
        look();
        assertThat(registry.version("a").orElseThrow().number()).isEqualTo(number);
        write("all-linear", folder.resolve("a"));
        look();
        assertThat(digest("a")).isEqualTo(first);
        look();
        assertThat(digest("a")).isNotEqualTo(first);
        assertThat(registry.rollback("a").digest()).isEqualTo(first);
        look();
        look();
        assertThat(digest("a")).as("the folder has not changed since").isEqualTo(first);
    }

    @Test
    void aBrokenFolderLeavesTheNameWhatItWasAndAMendedOneIsTaken() throws IOException {
        look();
        String first = digest("a");
        Path weights = folder.resolve("a").resolve("adapter_model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        write(weights, Arrays.copyOf(bytes, bytes.length - 8));
        look();
        look();
        assertThat(digest("a")).isEqualTo(first);
        long reads = shelf.figures().reads();
        look();
        look();
        assertThat(shelf.figures().reads())
                .as("it is not tried again and again")
                .isEqualTo(reads);
        write("all-linear", folder.resolve("a"));
        look();
        look();
        assertThat(digest("a")).isNotEqualTo(first);
    }

    @Test
    void aFolderThatIsGoneForTwoLooksIsTakenAway() throws IOException {
        look();
        delete(folder.resolve("a"));
        look();
        assertThat(loader.has("a")).as("it may be on its way to be replaced").isTrue();
        write("all-linear", folder.resolve("a"));
        look();
        look();
        assertThat(loader.has("a")).isTrue();
        delete(folder.resolve("a"));
        look();
        look();
        assertThat(loader.has("a")).isFalse();
        assertThat(registry.versionsInMemory()).isZero();
    }

    @Test
    void namesOfOthersAreLeftAlone() throws IOException {
        loader.load("mine", LetterModel.adapter(""));
        write("all-linear", folder.resolve("taken"));
        look();
        loader.unload("taken");
        look();
        look();
        assertThat(loader.has("taken")).as("an admin has taken it away").isFalse();
        delete(folder.resolve("a"));
        delete(folder.resolve("taken"));
        look();
        look();
        assertThat(loader.has("mine")).isTrue();
        assertThat(loader.has("a")).isFalse();
    }

    @Test
    void aServerFollowsItsFolderWhileItAnswers() throws Exception {
        Path root = Files.createDirectory(folder.resolve("root"));
        try (TestServer server = TestServer.start()) {
            server.server.watch(root);
            assertThat(server.post("/v1/completions", completion("late", 1, "")).status())
                    .isEqualTo(404);
            write("all-linear", root.resolve("late"));
            TestServer.await(
                    "it is served",
                    () -> server.post("/v1/completions", completion("late", 1, ""))
                                    .status()
                            == 200);
            delete(root.resolve("late"));
            TestServer.await(
                    "it is gone",
                    () -> server.post("/v1/completions", completion("late", 1, ""))
                                    .status()
                            == 404);
        }
    }
}
