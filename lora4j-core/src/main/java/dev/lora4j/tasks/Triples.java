package dev.lora4j.tasks;

import java.util.List;
import java.util.stream.Collectors;

/** Facts of a subject, a relation and an object, as the LoRA paper's code writes them: {@code A : r : B | B : s : C}. */
final class Triples {
    private Triples() {}

    static String written(List<List<String>> triples) {
        return triples.stream().map(triple -> String.join(" : ", triple)).collect(Collectors.joining(" | "));
    }
}
