package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.server.finetuning.FineTuningOptions;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers are killed at random instants, or stopped, and started again on the same folder. */
class FineTuningRestartTest {
    private static final int KILLS = 4;
    private static final int EPOCHS = 40;
    private static final int STEPS = 3 * EPOCHS; // 10 rows in batches of 4

    @TempDir
    Path folder;

    // ---- kill -9

    /** What a process says: lines of a word and what it stands for, each said after the server has answered. */
    private record Said(Set<String> acknowledged, List<String> lines) {}

    private static Said run(Path data, long killAfterMillis) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-D") || argument.startsWith("-Xmx"))
                .toList());
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), FineTuningRestartTest.class.getName(), data.toString()));
        Path output = Files.createTempFile("said", ".txt");
        Path errors = Files.createTempFile("errors", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        if (!process.waitFor(killAfterMillis, TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor();
        } else {
            assertThat(process.exitValue()).as(() -> read(errors)).isZero();
        }
        String text = read(output);
        List<String> whole =
                text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        Files.delete(output);
        Files.delete(errors);
        return new Said(
                new HashSet<>(
                        whole.stream().filter(line -> line.startsWith("ack ")).toList()),
                whole);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What the processes run: a job to its end, begun if it was not before. */
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        try (TrainingServer server = TrainingServer.start(Path.of(args[0]))) {
            JsonNode jobs = server.http.get("/v1/fine_tuning/jobs").json().path("data");
            String job =
                    jobs.isEmpty() ? begin(server, out) : jobs.get(0).path("id").asText();
            boolean done = false;
            while (!done) {
                done = server.status(job).equals("succeeded");
                server.events(job)
                        .forEach(event ->
                                out.println("ack event " + event.path("id").asText()));
                Thread.sleep(20);
            }
            server.http
                    .get("/v1/files")
                    .json()
                    .path("data")
                    .forEach(file -> out.println("has file " + file.path("id").asText()));
            server.events(job)
                    .forEach(
                            event -> out.println("has event " + event.path("id").asText()));
            server.events(job)
                    .forEach(event -> out.println(
                            "step " + event.path("data").path("step").asText("-") + " "
                                    + event.path("data").path("train_loss").asText("-")));
            out.println("tokens " + server.job(job).path("trained_tokens").asLong());
            String model = server.job(job).path("fine_tuned_model").asText();
            out.println("digest "
                    + server.http
                            .get("/v1/models/" + model)
                            .json()
                            .path("digest")
                            .asText());
            server.models().forEach(name -> out.println("model " + name.replace(model, "MODEL")));
        }
    }

    private static String begin(TrainingServer server, PrintStream out) {
        String rows = server.upload(TrainingServer.rows(10));
        out.println("ack file " + rows);
        String validation = server.upload(TrainingServer.rows(3));
        out.println("ack file " + validation);
        TestServer.Answer job = server.create(TrainingServer.job(rows, EPOCHS).put("validation_file", validation));
        return job.json().path("id").asText();
    }

    private static List<String> said(Said said, String word) {
        return said.lines().stream().filter(line -> line.startsWith(word + " ")).toList();
    }

    @Test
    void aJobKilledAgainAndAgainEndsWithTheSameModelAndNothingAcknowledgedIsLost() throws Exception {
        Said expected = run(folder.resolve("whole"), Long.MAX_VALUE);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path killed = folder.resolve("killed");
        Set<String> acknowledged = new TreeSet<>();
        for (int i = 0; i < KILLS; i++) {
            acknowledged.addAll(run(killed, 2000 + random.nextInt(3000)).acknowledged());
        }
        Said end = run(killed, Long.MAX_VALUE);
        assertThat(said(end, "digest")).as("seed %d", seed).hasSize(1).isEqualTo(said(expected, "digest"));
        assertThat(weights(killed)).isEqualTo(weights(folder.resolve("whole")));
        assertThat(said(end, "tokens")).isEqualTo(said(expected, "tokens"));
        assertThat(said(end, "model")).isEqualTo(said(expected, "model")).hasSize(5);
        List<String> has = end.lines().stream()
                .filter(line -> line.startsWith("has "))
                .map(line -> line.replace("has ", "ack "))
                .toList();
        assertThat(has).as("seed %d", seed).containsAll(acknowledged).doesNotHaveDuplicates();
        List<String> steps =
                said(end, "step").stream().filter(line -> !line.endsWith(" -")).toList();
        assertThat(steps)
                .as("each step once, with the same loss")
                .isEqualTo(said(expected, "step").stream()
                        .filter(line -> !line.endsWith(" -"))
                        .toList());
        assertThat(steps.stream().mapToLong(line -> Long.parseLong(line.substring(5, line.lastIndexOf(' ')))))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, STEPS).boxed().toList());
    }

    private static byte[] weights(Path data) throws IOException {
        try (var jobs = Files.list(data.resolve("jobs"))) {
            Path job = jobs.findFirst().orElseThrow();
            return Files.readAllBytes(job.resolve("model").resolve("adapter_model.safetensors"));
        }
    }

    // ---- an orderly stop, and what a crash may leave

    @Test
    void aJobGoesOnAfterAnOrderlyStopWhateverTheOptionsAndItsModelsAreServedAgain() throws Exception {
        Path data = folder.resolve("data");
        String file;
        String job;
        try (TrainingServer server = TrainingServer.start(data)) {
            file = server.upload(TrainingServer.rows(8));
            job = server.begin(file, 30);
            TestServer.await("it has begun", () -> server.events(job).size() > 6);
        }
        List<String> models;
        String digest;
        ServerOptions others = ServerOptions.local(BASE)
                .withFineTuning(FineTuningOptions.in(data).withTokens(20, 100).withTimeShare(0.5));
        try (TrainingServer server = TrainingServer.start(others)) {
            server.await(job, "succeeded");
            models = server.models();
            digest = digest(server, job);
            assertThat(server.events(job))
                    .extracting(event -> event.path("message").asText())
                    .anyMatch(message -> message.startsWith("Fine-tuning goes on after step"));
        }
        try (TrainingServer server = TrainingServer.start(data)) {
            assertThat(server.models()).isEqualTo(models).hasSize(5);
            assertThat(server.status(job)).isEqualTo("succeeded");
            String whole = server.begin(file, 30);
            server.await(whole, "succeeded");
            assertThat(digest(server, whole)).as("the same without a stop").isEqualTo(digest);
        }
    }

    private static String digest(TrainingServer server, String job) {
        String model = server.job(job).path("fine_tuned_model").asText();
        return server.http.get("/v1/models/" + model).json().path("digest").asText();
    }

    private void change(Path data, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("lora4j.db"));
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isEqualTo(1);
        }
    }

    @Test
    void whatIsOnTheDiskAloneIsNotedAndWhatNobodyKnowsIsRemoved() throws Exception {
        Path data = folder.resolve("data");
        String job;
        String lost;
        String file;
        try (TrainingServer server = TrainingServer.start(data)) {
            file = server.upload(TrainingServer.rows(8));
            job = server.begin(file, 3);
            lost = server.await(job, "succeeded").path("fine_tuned_model").asText() + ":ckpt-step-4";
            assertThat(server.models()).contains(lost);
        }
        // killed after the checkpoint was written and before it was noted; after an entry went, before the bytes
        change(data, "DELETE FROM checkpoints WHERE step = 4");
        change(data, "DELETE FROM files WHERE id = '" + file + "'");
        Path upload = Files.writeString(data.resolve("files").resolve("upload-1.jsonl"), "half of a file");
        Path bytes = data.resolve("files").resolve(file + ".jsonl");
        assertThat(bytes).exists();
        Path half = Files.createDirectories(
                data.resolve("jobs").resolve(job).resolve("deleted-1").resolve("x"));
        try (TrainingServer server = TrainingServer.start(data)) {
            assertThat(server.models()).contains(lost);
            assertThat(server.http
                            .get("/v1/fine_tuning/jobs/" + job + "/checkpoints")
                            .json()
                            .path("data"))
                    .extracting(checkpoint -> checkpoint.path("step_number").asLong())
                    .containsExactlyInAnyOrder(2L, 4L, 6L);
            assertThat(upload).doesNotExist();
            assertThat(bytes).doesNotExist();
            assertThat(half).doesNotExist();
        }
    }

    @Test
    void aDeletedModelIsNotServedAfterARestart() throws Exception {
        Path data = folder.resolve("data");
        String model;
        try (TrainingServer server = TrainingServer.start(data)) {
            String job = server.begin(server.upload(TrainingServer.rows(8)), 3);
            model = server.await(job, "succeeded").path("fine_tuned_model").asText();
            for (String name : List.of(model, model + ":ckpt-step-6")) {
                assertThat(server.http
                                .send(server.http.request("/v1/models/" + name).DELETE())
                                .status())
                        .isEqualTo(200);
            }
            assertThat(data.resolve("jobs").resolve(job).resolve("model")).doesNotExist();
        }
        try (TrainingServer server = TrainingServer.start(data)) {
            assertThat(server.models()).containsExactlyInAnyOrder(BASE, model + ":ckpt-step-2", model + ":ckpt-step-4");
        }
    }

    @Test
    void tablesOfANewerVersionAreRefusedAndLeftAsTheyAre() throws Exception {
        Path data = folder.resolve("data");
        TrainingServer.start(data).close();
        try (Connection tables = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("lora4j.db"));
                Statement statement = tables.createStatement()) {
            statement.execute("INSERT INTO flyway_schema_history SELECT 99, '99', 'of a later day', type,"
                    + " 'V99__later.sql', 1, installed_by, installed_on, 1, 1 FROM flyway_schema_history");
        }
        byte[] before = Files.readAllBytes(data.resolve("lora4j.db"));
        try (LetterModel model = LetterModel.open()) {
            ServerOptions options = ServerOptions.local(BASE).withFineTuning(FineTuningOptions.in(data));
            for (int i = 0; i < 2; i++) { // the second finds no lock left behind
                assertThatThrownBy(() -> LoraServer.of(model.model(), model.tokenizer(), options))
                        .hasMessageContaining("lora4j.db was written by a newer version of lora4j")
                        .hasMessageContaining("version 99");
            }
        }
        assertThat(Files.readAllBytes(data.resolve("lora4j.db"))).isEqualTo(before);
    }

    @Test
    void aSecondServerOnTheSameFolderIsRefused() {
        Path data = folder.resolve("data");
        try (TrainingServer server = TrainingServer.start(data);
                LetterModel model = LetterModel.open()) {
            ServerOptions same = ServerOptions.local(BASE).withFineTuning(FineTuningOptions.in(data));
            assertThatThrownBy(() -> LoraServer.of(model.model(), model.tokenizer(), same))
                    .hasMessageContaining("another server");
        }
    }
}
