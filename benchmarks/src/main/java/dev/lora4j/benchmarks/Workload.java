package dev.lora4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Something to measure, kept warm between its rounds. Confined to one thread. */
interface Workload extends AutoCloseable {
    /** Runs once, so that everything is warm, and tells what must be equal on both sides: losses or tokens. */
    ObjectNode prepare();

    /** Runs one round and tells {@code seconds}, {@code tokens} and a check value. */
    ObjectNode round(JsonNode request);

    /** Writes what it has trained and tells its {@code bytes}. */
    default ObjectNode write(JsonNode request) {
        throw new IllegalArgumentException("this workload writes nothing");
    }

    @Override
    void close();

    /** A workload by the {@code kind} of the request. */
    static Workload of(JsonNode request) {
        String kind = request.path("kind").asText();
        return switch (kind) {
            case "step" -> new StepWorkload(request);
            case "epoch" -> new EpochWorkload(request);
            case "generation" -> new GenerationWorkload(request);
            case "residents" -> new ResidentsWorkload(request);
            default -> throw new IllegalArgumentException("there is no workload \"" + kind + "\"");
        };
    }

    /** An answer to be filled. */
    static ObjectNode answer() {
        return JsonNodeFactory.instance.objectNode();
    }
}
