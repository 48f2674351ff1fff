package dev.lora4j.formats.gguf;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The transformers names of a GGUF model's tensors (gguf-py's tensor_mapping.py, read backwards). */
final class HuggingFaceNames {
    private static final Pattern BLOCK = Pattern.compile("blk\\.(0|[1-9][0-9]{0,5})\\.([a-z_]+)\\.(weight|bias)");

    private static final Map<String, String> OUTSIDE = Map.of(
            "token_embd.weight", "model.embed_tokens.weight",
            "output_norm.weight", "model.norm.weight",
            "output.weight", "lm_head.weight");

    private static final Map<String, String> IN_BLOCK = Map.of(
            "attn_norm", "input_layernorm",
            "attn_q", "self_attn.q_proj",
            "attn_k", "self_attn.k_proj",
            "attn_v", "self_attn.v_proj",
            "attn_output", "self_attn.o_proj",
            "ffn_norm", "post_attention_layernorm",
            "ffn_gate", "mlp.gate_proj",
            "ffn_up", "mlp.up_proj",
            "ffn_down", "mlp.down_proj");

    private static final Map<String, String> HEAD_NORMS =
            Map.of("attn_q_norm", "self_attn.q_norm", "attn_k_norm", "self_attn.k_norm");

    /** Gemma has four norms around its two halves, so ffn_norm is another one than in the rest. */
    private static final Map<String, String> GEMMA_NORMS = Map.of(
            "post_attention_norm", "post_attention_layernorm",
            "ffn_norm", "pre_feedforward_layernorm",
            "post_ffw_norm", "post_feedforward_layernorm");

    private final Map<String, String> inBlock;

    HuggingFaceNames(GgufArchitecture architecture) {
        Map<String, String> names = new HashMap<>(IN_BLOCK);
        if (architecture == GgufArchitecture.QWEN3 || architecture == GgufArchitecture.GEMMA3) {
            names.putAll(HEAD_NORMS);
        }
        if (architecture == GgufArchitecture.GEMMA3) {
            names.putAll(GEMMA_NORMS);
        }
        this.inBlock = Map.copyOf(names);
    }

    /** The name in transformers, or empty where the architecture has no such tensor. */
    Optional<String> of(String ggufName) {
        String outside = OUTSIDE.get(ggufName);
        if (outside != null) {
            return Optional.of(outside);
        }
        Matcher block = BLOCK.matcher(ggufName);
        if (!block.matches()) {
            return Optional.empty();
        }
        return Optional.ofNullable(inBlock.get(block.group(2)))
                .map(name -> "model.layers." + block.group(1) + "." + name + "." + block.group(3));
    }
}
