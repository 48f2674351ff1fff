package dev.lora4j.golden;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The names and shapes of a released GPT-2, without values: for what is asked of an outline. */
record Gpt2Outline(int hidden, int layers, int heads) implements ModelFiles {
    @Override
    public String description() {
        return "gpt2 of width " + hidden;
    }

    @Override
    public ObjectNode config() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("model_type", "gpt2")
                .put("n_embd", hidden)
                .put("n_layer", layers)
                .put("n_head", heads);
    }

    @Override
    public Map<String, StoredTensor> tensors() {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        add(tensors, "wte.weight", 50257, hidden);
        add(tensors, "wpe.weight", 1024, hidden);
        for (int i = 0; i < layers; i++) {
            String layer = "h." + i + ".";
            conv1d(tensors, layer + "attn.c_attn", hidden, 3L * hidden);
            conv1d(tensors, layer + "attn.c_proj", hidden, hidden);
            conv1d(tensors, layer + "mlp.c_fc", hidden, 4L * hidden);
            conv1d(tensors, layer + "mlp.c_proj", 4L * hidden, hidden);
            norm(tensors, layer + "ln_1");
            norm(tensors, layer + "ln_2");
        }
        norm(tensors, "ln_f");
        return tensors;
    }

    private static void conv1d(Map<String, StoredTensor> tensors, String name, long in, long out) {
        add(tensors, name + ".weight", in, out);
        add(tensors, name + ".bias", out);
    }

    private void norm(Map<String, StoredTensor> tensors, String name) {
        add(tensors, name + ".weight", hidden);
        add(tensors, name + ".bias", hidden);
    }

    private static void add(Map<String, StoredTensor> tensors, String name, long... shape) {
        List<Long> sizes = Arrays.stream(shape).boxed().toList();
        tensors.put(name, new StoredTensor.Decoded(name, sizes, (first, values, count) -> {
            throw new IllegalStateException("an outline reads no values");
        }));
    }

    @Override
    public Optional<String> tokenizerJson() {
        return Optional.empty();
    }

    @Override
    public Optional<ObjectNode> tokenizerConfig() {
        return Optional.empty();
    }

    @Override
    public Optional<ObjectNode> generationConfig() {
        return Optional.empty();
    }

    @Override
    public void close() {
        // nothing is open
    }
}
