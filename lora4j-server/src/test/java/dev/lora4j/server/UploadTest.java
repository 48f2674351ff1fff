package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static dev.lora4j.server.TrainingServer.BOUNDARY;
import static dev.lora4j.server.TrainingServer.form;
import static dev.lora4j.server.TrainingServer.part;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.server.finetuning.FineTuningOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads that are not what they should be: each is refused with the reason, and nothing of it is kept. */
class UploadTest {
    private static final int MOST = 200_000;
    private static final String GOOD = "{\"prompt\": \"A\", \"completion\": \"B\"}";
    private static final String END = "--" + BOUNDARY + "--\r\n";

    @TempDir
    Path folder;

    private TrainingServer server = TrainingServer.start(ServerOptions.local(BASE));

    @BeforeEach
    void start() {
        server.close();
        server = TrainingServer.start(ServerOptions.local(BASE)
                .withFineTuning(FineTuningOptions.in(folder.resolve("data")).withFileBytes(MOST, 2 * MOST)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("data").resolve("files"))) {
            return files.toList();
        }
    }

    private void assertRefused(TestServer.Answer answer, int status, String problem) throws IOException {
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(status);
        assertThat(answer.error().path("message").asText())
                .contains(problem)
                .doesNotContain(folder.toString(), "upload-");
        assertThat(kept()).isEmpty();
        assertThat(server.http.get("/v1/files").json().path("data")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"prompt\": \"A\"} | line 3: \"completion\" is missing, expected text",
                "{\"prompt\": \"A\", \"completion\": 7} | line 3: \"completion\" is",
                "{\"prompt\": \"A\", \"completion\": \"B\" | line 3: is not valid JSON",
                "[1] | line 3: found a list",
                "{\"text\": \"A\"} | line 3: is a text, but line 1 is a prompt with its completion",
                "{\"input\": {}} | line 3: has the columns [input], expected text",
                "{\"messages\": [{\"role\": \"assistant\", \"content\": 1}]} | line 3: \"messages[0].content\" is",
                "{\"messages\": [{\"role\": \"robot\", \"content\": \"A\"}]} | line 3: \"messages[0].role\" is \"robot\"",
            })
    void aBadRowIsRefusedWithItsLineAndKey(String row, String problem) throws IOException {
        TestServer.Answer answer = server.post(form("rows.jsonl", GOOD + "\n" + GOOD + "\n" + row + "\n" + GOOD));
        assertRefused(answer, 400, problem);
        assertThat(answer.error().path("param").asText()).isEqualTo("file");
        assertThat(answer.error().path("message").asText()).doesNotContain("--text-column");
    }

    @Test
    void bytesThatAreNoTextAndNoRowsAtAllAreRefused() throws IOException {
        byte[] head = part("name=\"purpose\"", "fine-tune").getBytes(StandardCharsets.UTF_8);
        byte[] begin = ("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
        byte[] end = ("\r\n" + END).getBytes(StandardCharsets.UTF_8);
        byte[] latin = {'{', '"', (byte) 0xe4, '"', '}'};
        byte[] body = new byte[head.length + begin.length + latin.length + end.length];
        java.nio.ByteBuffer.wrap(body).put(head).put(begin).put(latin).put(end);
        assertRefused(server.post("multipart/form-data; boundary=" + BOUNDARY, body), 400, "line 1: is not UTF-8");
        assertRefused(server.post(form("a.jsonl", "")), 400, "the file has no rows");
        assertRefused(server.post(form("a.jsonl", "\n \n")), 400, "the file has no rows");
        assertRefused(server.post(form("a.jsonl", "{\"prompt\": \"A\u0000\", \"completion\": \"B\"}")), 400, "NUL");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../../etc/passwd", "/etc/passwd", "..\\..\\windows\\system", "a/../../rows.jsonl", "C:\\rows"})
    void aPathIsNoMoreThanItsLastPart(String name) throws IOException {
        TestServer.Answer answer = server.post(form(name.replace("\\", "\\\\"), GOOD));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        String shown = answer.json().path("filename").asText();
        assertThat(shown).doesNotContain("/", "\\").isNotEmpty();
        assertThat(name).endsWith(shown);
        assertThat(kept())
                .singleElement()
                .satisfies(file -> assertThat(file.getFileName().toString())
                        .isEqualTo(answer.json().path("id").asText() + ".jsonl"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a/", "a\u0007b", "a\u202eb", "LONG"})
    void aNameThatCannotBeShownIsRefused(String name) throws IOException {
        String sent = name.equals("LONG") ? "x".repeat(256) : name;
        assertRefused(server.post(form(sent, GOOD)), 400, name.contains("\u0007") ? "broken" : "name");
    }

    @Test
    void aFileThatIsTooLargeIsRefusedAndSoIsOneTooMany() throws IOException {
        String rows = (GOOD + "\n").repeat(MOST / (GOOD.length() + 1));
        assertRefused(server.post(form("rows.jsonl", rows + rows)), 413, MOST + " bytes");
        server.upload(rows);
        server.upload(rows);
        TestServer.Answer third = server.post(form("rows.jsonl", rows));
        assertThat(third.status()).isEqualTo(429);
        assertThat(third.error().path("message").asText()).contains(2 * MOST + " bytes", "delete");
        assertThat(kept()).hasSize(2);
    }

    @Test
    void aFormThatIsBrokenIsRefused() throws IOException {
        String purpose = part("name=\"purpose\"", "fine-tune");
        String file = part("name=\"file\"; filename=\"a.jsonl\"", GOOD);
        assertRefused(server.post(purpose + file), 400, "broken");
        assertRefused(server.post(""), 400, "broken");
        assertRefused(server.post("no form at all"), 400, "broken");
        assertRefused(server.post(purpose + END), 400, "file is missing");
        assertRefused(server.post(file + END), 400, "purpose is missing");
        assertRefused(server.post(purpose + part("name=\"file\"", GOOD) + END), 400, "no filename");
        assertRefused(server.post(purpose + file + file + END), 400, "twice");
        assertRefused(server.post(purpose + purpose + file + END), 400, "twice");
        assertRefused(server.post(part("name=\"purpose\"", "assistants") + file + END), 400, "fine-tune alone");
        assertRefused(server.post(part("name=\"purpose\"", "x".repeat(2000)) + file + END), 400, "bytes");
        assertRefused(
                server.post(purpose + file + part("name=\"expires_after[seconds]\"", "3600") + END), 400, "not known");
        assertRefused(server.post(purpose + "--" + BOUNDARY + "\r\n\r\n" + GOOD + "\r\n" + END), 400, "no name");
        assertRefused(server.post(purpose.repeat(20) + file + END), 400, "");
        assertRefused(
                server.post(purpose + part("name=\"file\"; filename=\"" + "x".repeat(9000) + "\"", GOOD) + END),
                400,
                "");
    }

    @Test
    void anotherTypeIsRefused() throws IOException {
        byte[] body = form("a.jsonl", GOOD).getBytes(StandardCharsets.UTF_8);
        assertRefused(server.post("application/json", body), 415, "multipart/form-data");
        assertRefused(server.post("text/plain", body), 415, "multipart/form-data");
        assertRefused(server.post("multipart/form-data", body), 400, "boundary");
        assertRefused(server.post("multipart/form-data; boundary=other", body), 400, "broken");
    }

    @Test
    void theFieldsMayComeInAnyOrder() {
        String file = part("name=\"file\"; filename=\"a.jsonl\"", GOOD);
        TestServer.Answer answer = server.post(file + part("name=\"purpose\"", "fine-tune") + END);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("bytes").asInt()).isEqualTo(GOOD.length());
    }

    @Test
    void aClientThatGoesAwayInTheMiddleLeavesNothing() throws Exception {
        String form = form("a.jsonl", (GOOD + "\n").repeat(1000));
        try (Socket socket = server.http.connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary="
                            + BOUNDARY + "\r\nContent-Length: " + form.length() + "\r\n\r\n" + form.substring(0, 5000))
                    .getBytes(StandardCharsets.UTF_8));
            out.flush();
            TestServer.await("it is being read", () -> {
                try {
                    return kept().size() == 1;
                } catch (IOException e) {
                    return false;
                }
            });
        }
        TestServer.await("nothing is left", () -> {
            try {
                return kept().isEmpty();
            } catch (IOException e) {
                return false;
            }
        });
    }

    @Test
    void aPageOfAnotherOriginCanDoNothing() throws IOException {
        byte[] body = form("a.jsonl", GOOD).getBytes(StandardCharsets.UTF_8);
        for (String origin : List.of("https://example.org", "null", "http://127.0.0.1:1", "not an origin")) {
            TestServer.Answer answer = server.http.send(server.http
                    .request("/v1/files")
                    .setHeader("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                    .header("Origin", origin)
                    .POST(BodyPublishers.ofByteArray(body)));
            assertRefused(answer, 403, "origin");
            assertThat(server.http
                            .send(server.http
                                    .request("/v1/fine_tuning/jobs/ftjob-1/cancel")
                                    .header("Origin", origin)
                                    .POST(BodyPublishers.noBody()))
                            .status())
                    .isEqualTo(403);
        }
        TestServer.Answer own = server.http.send(server.http
                .request("/v1/files")
                .setHeader("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .header("Origin", server.http.url())
                .POST(BodyPublishers.ofByteArray(body)));
        assertThat(own.status()).isEqualTo(200);
    }
}
