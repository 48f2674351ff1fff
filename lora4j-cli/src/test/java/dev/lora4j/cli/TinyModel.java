package dev.lora4j.cli;

import dev.lora4j.formats.safetensors.SafetensorsWriter;
import dev.lora4j.formats.safetensors.TensorContent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A llama of one layer and four words that can be worked by hand.
 *
 * <p>All its linear layers are zero, so the hidden state of a token is its embedding alone, and the output layer makes
 * every word's best successor the next one of: start, one, two, three, four, end.
 */
final class TinyModel {
    static final List<String> WORDS = List.of("<s>", "one", "two", "three", "four", "</s>");
    static final int HIDDEN = 6;

    private TinyModel() {}

    static Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 6,
                 "intermediate_size": 4, "num_hidden_layers": 1, "num_attention_heads": 1, "num_key_value_heads": 1,
                 "head_dim": 6, "vocab_size": 6, "max_position_embeddings": 64, "rms_norm_eps": 1e-6,
                 "rope_theta": 10000.0, "hidden_act": "silu", "tie_word_embeddings": false,
                 "bos_token_id": 0, "eos_token_id": 5}
                """);
        Files.writeString(folder.resolve("tokenizer.json"), """
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [
                 {"id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
                  "normalized": false, "special": true},
                 {"id": 5, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false,
                  "normalized": false, "special": true}],
                 "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null,
                 "decoder": null, "model": {"type": "WordLevel", "unk_token": "<s>",
                 "vocab": {"<s>": 0, "one": 1, "two": 2, "three": 3, "four": 4, "</s>": 5}}}
                """);
        Files.writeString(folder.resolve("tokenizer_config.json"), """
                {"bos_token": "<s>", "eos_token": "</s>",
                 "chat_template": "{% for m in messages %}{{ m['content'] }} {% endfor %}"}
                """);
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors(shifted(1)));
        return folder;
    }

    /**
     * One whose likeliest next words are not its likeliest text.
     *
     * <p>After {@code one} comes {@code two} (0.6) or {@code three} (0.4); after {@code two} any of four words alike; {@code three}
     * ends the text for certain, but for one in a million.
     */
    static Path writeForked(Path folder) throws IOException {
        write(folder);
        double[][] next = new double[HIDDEN][HIDDEN]; // [from][to]
        next[1] = new double[] {0, 0, 0.6, 0.4, 0, 0};
        next[2] = new double[] {0, 0.25, 0.25, 0.25, 0.25, 0};
        next[3] = new double[] {0, 0, 0, 0, 0, 1};
        float[] head = new float[HIDDEN * HIDDEN];
        for (int from = 0; from < HIDDEN; from++) {
            for (int to = 0; to < HIDDEN; to++) { // the norm makes a hidden state of it, 6 ^ 1/2 at its word
                head[to * HIDDEN + from] = (float) (Math.log(Math.max(next[from][to], 1e-6)) / Math.sqrt(HIDDEN));
            }
        }
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors(head));
        return folder;
    }

    private static List<TensorContent> tensors(float[] head) {
        List<TensorContent> tensors = new ArrayList<>();
        tensors.add(matrix("model.embed_tokens.weight", HIDDEN, HIDDEN, shifted(0)));
        tensors.add(matrix("lm_head.weight", HIDDEN, HIDDEN, head));
        String layer = "model.layers.0.";
        for (String name : List.of("q_proj", "k_proj", "v_proj", "o_proj")) {
            tensors.add(matrix(layer + "self_attn." + name + ".weight", HIDDEN, HIDDEN, new float[36]));
        }
        tensors.add(matrix(layer + "mlp.gate_proj.weight", 4, HIDDEN, new float[24]));
        tensors.add(matrix(layer + "mlp.up_proj.weight", 4, HIDDEN, new float[24]));
        tensors.add(matrix(layer + "mlp.down_proj.weight", HIDDEN, 4, new float[24]));
        for (String name : List.of(layer + "input_layernorm", layer + "post_attention_layernorm", "model.norm")) {
            float[] ones = new float[HIDDEN];
            Arrays.fill(ones, 1);
            tensors.add(TensorContent.floats(name + ".weight", List.of((long) HIDDEN), ones));
        }
        return tensors;
    }

    private static TensorContent matrix(String name, long rows, long columns, float[] values) {
        return TensorContent.floats(name, List.of(rows, columns), values);
    }

    /** A one in each column, so many rows below the diagonal. */
    private static float[] shifted(int by) {
        float[] values = new float[HIDDEN * HIDDEN];
        for (int column = 0; column + by < HIDDEN; column++) {
            values[(column + by) * HIDDEN + column] = 1;
        }
        return values;
    }

    /** A of ones over rank 1 and B of one at the first output, scaled by 2: the first row of q_proj becomes twos. */
    static Path writeAdapter(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("adapter_config.json"), """
                {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 1, "lora_alpha": 2,
                 "base_model_name_or_path": "tiny", "target_modules": ["q_proj"]}
                """);
        String path = "base_model.model.model.layers.0.self_attn.q_proj";
        float[] a = new float[HIDDEN];
        Arrays.fill(a, 1);
        float[] b = new float[HIDDEN];
        b[0] = 1;
        SafetensorsWriter.write(
                folder.resolve("adapter_model.safetensors"),
                List.of(matrix(path + ".lora_A.weight", 1, HIDDEN, a), matrix(path + ".lora_B.weight", HIDDEN, 1, b)));
        return folder;
    }

    /** Changes the output layer so that every word's best successor is {@code four}. */
    static Path writeStubbornAdapter(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("adapter_config.json"), """
                {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 1, "lora_alpha": 100,
                 "base_model_name_or_path": "tiny", "target_modules": ["lm_head"]}
                """);
        float[] a = new float[HIDDEN];
        Arrays.fill(a, 1);
        float[] b = new float[HIDDEN];
        b[4] = 1;
        String path = "base_model.model.lm_head";
        SafetensorsWriter.write(
                folder.resolve("adapter_model.safetensors"),
                List.of(matrix(path + ".lora_A.weight", 1, HIDDEN, a), matrix(path + ".lora_B.weight", HIDDEN, 1, b)));
        return folder;
    }
}
