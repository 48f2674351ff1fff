package dev.lora4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Speaks JSON lines over the standard streams: {@code prepare}, {@code round}, {@code profile}, {@code write}, {@code peak},
 * {@code quit}.
 *
 * <p>Every request gets one line of answer. It ends when the driver does, because then its standard input ends.
 */
public final class Worker {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Worker() {}

    /** Answers requests until {@code quit} or the end of input. */
    public static void main(String[] arguments) throws IOException {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err); // what a library prints must not be taken for an answer
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Workload workload = null;
        try {
            for (String line = requests.readLine(); line != null; line = requests.readLine()) {
                JsonNode request = JSON.readTree(line);
                if (request.path("op").asText().equals("prepare")) {
                    workload = Workload.of(request);
                }
                answers.println(JSON.writeValueAsString(answer(request, workload)));
                if (request.path("op").asText().equals("quit")) {
                    return;
                }
            }
        } finally {
            if (workload != null) {
                workload.close();
            }
        }
    }

    private static ObjectNode answer(JsonNode request, @Nullable Workload workload) throws IOException {
        String op = request.path("op").asText();
        if (op.equals("quit") || op.equals("peak")) {
            return Workload.answer()
                    .put("peak_bytes", ResidentMemory.peak())
                    .put("jdk", System.getProperty("java.vm.version"));
        }
        if (workload == null) {
            throw new IllegalStateException("\"" + op + "\" came before \"prepare\"");
        }
        return switch (op) {
            case "prepare" -> workload.prepare();
            case "round" -> workload.round(request);
            case "profile" -> profile(workload, request);
            case "write" -> workload.write(request);
            default -> throw new IllegalArgumentException("there is no operation \"" + op + "\"");
        };
    }

    private static ObjectNode profile(Workload workload, JsonNode request) {
        try (Profile profile = Profile.start()) {
            workload.round(request);
            return profile.shares();
        }
    }
}
