package dev.lora4j.formats.gguf;

import java.util.List;
import java.util.stream.IntStream;

/** Small whole models as GGUF; the values of a tensor count up from zero. */
final class TinyModels {
    private TinyModels() {}

    /** One layer, hidden size 8, two heads of four with one key-value head, five tokens. */
    static GgufWriter llama() {
        return keys("llama")
                .whole("llama.rope.dimension_count", 4)
                .tensor("token_embd.weight", GgufWriter.F16, List.of(5, 8), new byte[5 * 8 * 2])
                .floats("output_norm.weight", List.of(8), counting(8))
                .floats("blk.0.attn_norm.weight", List.of(8), counting(8))
                .floats("blk.0.attn_q.weight", List.of(8, 8), counting(64))
                .floats("blk.0.attn_k.weight", List.of(4, 8), counting(32))
                .floats("blk.0.attn_v.weight", List.of(4, 8), counting(32))
                .floats("blk.0.attn_output.weight", List.of(8, 8), counting(64))
                .floats("blk.0.ffn_norm.weight", List.of(8), counting(8))
                .floats("blk.0.ffn_gate.weight", List.of(6, 8), counting(48))
                .floats("blk.0.ffn_up.weight", List.of(6, 8), counting(48))
                .floats("blk.0.ffn_down.weight", List.of(8, 6), counting(48));
    }

    /** Two layers of which only the norms exist, five tokens. */
    static GgufWriter gemma() {
        return keys("gemma3")
                .whole("gemma3.attention.key_length", 16)
                .whole("gemma3.attention.value_length", 16)
                .whole("gemma3.attention.sliding_window", 512)
                .floats("token_embd.weight", List.of(5, 8), counting(40))
                .floats("output_norm.weight", List.of(8), counting(8))
                .floats("blk.0.attn_q_norm.weight", List.of(16), counting(16))
                .floats("blk.0.attn_norm.weight", List.of(8), counting(8))
                .floats("blk.0.post_attention_norm.weight", List.of(8), counting(8))
                .floats("blk.0.ffn_norm.weight", List.of(8), counting(8))
                .floats("blk.0.post_ffw_norm.weight", List.of(8), counting(8));
    }

    /** The keys that every architecture has: one layer, hidden size 8, two heads and one key-value head. */
    static GgufWriter keys(String architecture) {
        return new GgufWriter()
                .text("general.architecture", architecture)
                .whole(architecture + ".block_count", 1)
                .whole(architecture + ".context_length", 2048)
                .whole(architecture + ".embedding_length", 8)
                .whole(architecture + ".feed_forward_length", 6)
                .whole(architecture + ".attention.head_count", 2)
                .whole(architecture + ".attention.head_count_kv", 1)
                .real(architecture + ".attention.layer_norm_rms_epsilon", 0.5f)
                .real(architecture + ".rope.freq_base", 100_000);
    }

    static float[] counting(int count) {
        float[] values = new float[count];
        IntStream.range(0, count).forEach(i -> values[i] = i);
        return values;
    }
}
