package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real command in a process of its own, and requests to it. */
class ServeCommandTest {
    private static final int SIGTERM = 143;

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private String model = "";

    @BeforeEach
    void writeModel() throws IOException {
        model = TinyModel.write(folder.resolve("tiny")).toString();
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dorg.bytedeco.javacpp.maxBytes=0",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-DOPT_OUT_TRACKING=true",
                "-Dai.djl.offline=true",
                "-Dorg.bytedeco.openblas.load=" + System.getProperty("org.bytedeco.openblas.load", ""),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.lora4j.cli.Main",
                "serve"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(folder.resolve("errors").toFile())
                .start();
    }

    private String post(String url, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString()).body();
    }

    /** What came, up to the end of the connection, however it came. */
    private static List<String> lines(HttpResponse<Stream<String>> response) {
        List<String> lines = new ArrayList<>();
        try {
            response.body().forEach(lines::add);
        } catch (UncheckedIOException e) {
            lines.add(e.toString());
        }
        return lines;
    }

    private String errors() {
        try {
            return Files.readString(folder.resolve("errors"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void servesTheBaseAndAdaptersUntilItIsToldToStop() throws Exception {
        Path root = folder.resolve("adapters");
        TinyModel.writeStubbornAdapter(root.resolve("stubborn"));
        TinyModel.writeAdapter(root.resolve("harmless"));
        Files.writeString(
                TinyModel.writeAdapter(root.resolve("broken")).resolve("adapter_config.json"),
                "{\"peft_type\": \"IA3\"}");
        Path named = TinyModel.writeStubbornAdapter(folder.resolve("other"));
        Process process = start("-m", model, "--port", "0", "--adapters", root.toString(), "-a", "fours=" + named);
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String line = String.valueOf(out.readLine());
            assertThat(line).as(this::errors).matches("serving tiny at http://127\\.0\\.0\\.1:[0-9]+/v1");
            String url = line.substring(line.indexOf("http"), line.length() - "/v1".length());
            String ask = "{\"model\": \"%s\", \"prompt\": \"one\", \"max_tokens\": 3, \"temperature\": 0}";
            assertThat(post(url, "/v1/completions", ask.formatted("tiny"))).contains("two three four");
            assertThat(post(url, "/v1/completions", ask.formatted("stubborn"))).contains("four four four");
            assertThat(post(url, "/v1/completions", ask.formatted("fours"))).contains("four four four");
            assertThat(post(url, "/v1/completions", ask.formatted("harmless"))).contains("two three four");
            assertThat(post(url, "/v1/completions", ask.formatted("broken"))).contains("model_not_found");
            HttpResponse<Stream<String>> stream = client.send(
                    HttpRequest.newBuilder(URI.create(url + "/v1/completions"))
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString(
                                    "{\"model\": \"stubborn\", \"prompt\": \"one\", \"max_tokens\": 60, \"temperature\": 0,"
                                            + " \"stream\": true, \"n\": 16}"))
                            .build(),
                    BodyHandlers.ofLines());
            process.toHandle().destroy();
            List<String> events = lines(stream);
            assertThat(events)
                    .as(() -> "a drain finishes what runs: " + errors())
                    .contains("data: [DONE]")
                    .noneMatch(event -> event.contains("\"error\""));
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(SIGTERM);
        } finally {
            process.destroyForcibly();
        }
        assertThat(errors())
                .contains("adapter broken is not served", "stopping", "POST /v1/completions 200")
                .doesNotContain("one two");
    }

    @Test
    void aJobThatWasBegunGoesOnWhenTheCommandRunsAgain() throws Exception {
        String[] arguments = {
            "-m", model, "--port", "0", "--data", folder.resolve("data").toString()
        };
        String job;
        Process first = start(arguments);
        try (BufferedReader out = first.inputReader(StandardCharsets.UTF_8)) {
            String url = url(out);
            String form = "--x\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nfine-tune\r\n--x\r\n"
                    + "Content-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\r\n"
                    + "{\"prompt\": \"one\", \"completion\": \" four\"}\n".repeat(8) + "\r\n--x--\r\n";
            String file = id(client.send(
                            HttpRequest.newBuilder(URI.create(url + "/v1/files"))
                                    .header("Content-Type", "multipart/form-data; boundary=x")
                                    .POST(BodyPublishers.ofString(form))
                                    .build(),
                            BodyHandlers.ofString())
                    .body());
            job = id(post(
                    url,
                    "/v1/fine_tuning/jobs",
                    "{\"model\": \"tiny\", \"training_file\": \"" + file
                            + "\", \"hyperparameters\": {\"n_epochs\": 50, \"batch_size\": 1}}"));
            first.toHandle().destroy();
            assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(first.exitValue()).as(this::errors).isEqualTo(SIGTERM);
        } finally {
            first.destroyForcibly();
        }
        Process second = start(arguments);
        try (BufferedReader out = second.inputReader(StandardCharsets.UTF_8)) {
            String url = url(out);
            String state = "";
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!state.contains("\"status\":\"succeeded\"") && System.nanoTime() < end) {
                Thread.sleep(50);
                state = get(url, "/v1/fine_tuning/jobs/" + job);
            }
            assertThat(state).as(this::errors).contains("\"status\":\"succeeded\"", "ft:tiny:lora4j::");
            assertThat(get(url, "/v1/models")).contains("ft:tiny:lora4j::", ":ckpt-step-400");
        } finally {
            second.destroyForcibly();
        }
    }

    private String url(BufferedReader out) throws IOException {
        String line = String.valueOf(out.readLine());
        assertThat(line).as(this::errors).startsWith("serving tiny at http");
        return line.substring(line.indexOf("http"), line.length() - "/v1".length());
    }

    private static String id(String json) {
        Matcher id = Pattern.compile("\"id\":\"([^\"]+)\"").matcher(json);
        assertThat(id.find()).as(json).isTrue();
        return id.group(1);
    }

    private String get(String url, String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString())
                .body();
    }

    @Test
    void aPortThatIsTakenIsOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            CliRun run = CliRun.of("serve", "-m", model, "--port", port);
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).hasLineCount(1).contains("127.0.0.1:" + port);
        }
    }

    @Test
    void refusesAnOpenDoorBeforeItLoadsAnything() {
        CliRun run = CliRun.of("serve", "-m", folder.resolve("absent").toString(), "--host", "0.0.0.0");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("API keys", "0.0.0.0");
        CliRun loading = CliRun.of("serve", "-m", folder.resolve("absent").toString(), "--allow-adapter-loading");
        assertThat(loading.exitCode()).isEqualTo(1);
        assertThat(loading.err()).hasLineCount(1).contains("folder");
    }
}
