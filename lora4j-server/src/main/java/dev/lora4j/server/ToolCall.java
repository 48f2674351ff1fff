package dev.lora4j.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** A call of a function in an answer. */
record ToolCall(String id, String type, Function function) {
    /**
     * What is called.
     *
     * @param arguments as JSON, as the model wrote them
     */
    record Function(String name, String arguments) {}

    /** What is new of one; its first has the id and the name, the others more of the arguments. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Delta(int index, @Nullable String id, @Nullable String type, FunctionDelta function) {

        static Delta begin(int index, String id, String name) {
            return new Delta(index, id, "function", new FunctionDelta(name, ""));
        }

        static Delta arguments(int index, String piece) {
            return new Delta(index, null, null, new FunctionDelta(null, piece));
        }
    }

    /** What is new of its function. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record FunctionDelta(@Nullable String name, String arguments) {}
}
