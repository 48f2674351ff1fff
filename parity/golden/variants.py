"""More adapters on some cases: every setting that changes what an adapter computes."""

import copy

import torch

from golden import causal, files, fused, lora

LORA = dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
VARIANTS = {
    "llama": {
        "rslora": dict(use_rslora=True),
        "all-linear": dict(r=2, target_modules="all-linear"),
        "regex": dict(target_modules=r".*\.layers\.1\.(self_attn\.[qo]_proj|mlp\.down_proj)"),
        "second-layer": dict(layers_to_transform=[1]),
        "saved-head": dict(modules_to_save=["lm_head"]),
        "patterns": dict(
            target_modules=["q_proj", "v_proj", "up_proj"],
            rank_pattern={"q_proj": 2, r"layers\.1\..*v_proj": 6},
            alpha_pattern={"up_proj": 3, r"model.layers.0.self_attn.v_proj": 16},
        ),
        "dora": dict(use_dora=True),
        "dora-rslora": dict(use_dora=True, use_rslora=True, target_modules="all-linear", r=2),
        "lora-bias": dict(lora_bias=True),
        "embeddings": dict(target_modules=["embed_tokens", "q_proj"]),
        "dora-embeddings": dict(target_modules=["embed_tokens", "v_proj"], use_dora=True),
        "saved-modules": dict(modules_to_save=["embed_tokens", "norm", "post_attention_layernorm", "o_proj"]),
        "pissa": dict(init_lora_weights="pissa"),
        "olora": dict(init_lora_weights="olora", use_rslora=True),
    },
    "qwen2": {
        "bias-all": dict(bias="all"),
        "bias-lora-only": dict(bias="lora_only"),
        "lora-bias": dict(lora_bias=True),
        "dora-bias-lora-only": dict(use_dora=True, bias="lora_only"),
    },
    "gemma3": {
        "saved-norms": dict(modules_to_save=["q_norm", "input_layernorm"]),
        "embeddings": dict(target_modules=["embed_tokens", "q_proj"]),
    },
    "mixtral": {
        "experts": dict(
            r=2, target_modules=["q_proj"], target_parameters=["mlp.experts.gate_up_proj", "mlp.experts.down_proj"]
        ),
        "experts-down": dict(target_modules=[], target_parameters=["experts.down_proj"], use_rslora=True),
        "experts-patterns": dict(
            target_parameters=["experts.down_proj", "layers.1.mlp.experts.gate_up_proj"],
            rank_pattern={"experts.down_proj": 3},
            alpha_pattern={r"layers\.1\.mlp\.experts\.gate_up_proj": 2},
        ),
    },
    "gpt2": {
        "all-linear": dict(r=2, target_modules="all-linear", use_rslora=True),
        "dora": dict(use_dora=True, target_modules=["c_attn", "mlp.c_proj"]),
        "pissa": dict(init_lora_weights="pissa"),
        "saved-conv1d": dict(modules_to_save=["attn.c_proj"]),
        "embeddings": dict(target_modules=["wte", "wpe", "c_attn"]),
        "bias-lora-only": dict(bias="lora_only", target_modules=["c_attn", "c_fc"]),
    },
}
GPT2 = {"target_modules": ["c_attn"], "fan_in_fan_out": True}

LORA_PLUS = ("bias-lora-only", "dora")


def write(case, model, folder, sequences):
    """Writes the adapters, their logits, merged logits and gradients; returns the facts of each."""
    tensors, facts = {}, {}
    usual = {**LORA, **GPT2} if case == "gpt2" else LORA
    for name, settings in VARIANTS[case].items():
        peft_model = lora.adapted(model, f"{case} {name}", **dict(usual, **settings))
        files.save_adapter(peft_model, folder / "variants" / name, case)
        loss = causal.loss_of(peft_model, sequences)
        if case != "llama" or name not in ("rslora", "all-linear", "regex", "second-layer", "saved-head", "patterns"):
            tensors.update(lora.gradients(peft_model, loss, f"{name}.grad."))
            if not (settings.get("lora_bias") and case == "llama"):  # PEFT: no bias there to merge it into
                merged = copy.deepcopy(peft_model).merge_and_unload()
                with torch.no_grad():
                    tensors[f"{name}.merged.0"] = causal.logits_of(merged, sequences[0][0])
        with torch.no_grad():
            for i, (ids, _) in enumerate(sequences):
                tensors[f"{name}.logits.{i}"] = causal.logits_of(peft_model, ids)
        if name in LORA_PLUS:
            after = lora.loraplus_steps(peft_model, lambda m: causal.loss_of(m, sequences))
            tensors.update({f"{name}.loraplus.{key}": value for key, value in after.items()})
        trained = sum(v.numel() for v in lora.trainable(peft_model).values())
        facts[name] = dict(trained_parameters=trained, loss=loss.item())
    if case == "gpt2":
        more, facts["fused-qv"] = fused.write(model, folder, sequences)
        tensors.update(more)
    files.write_tensors(folder / "variants.safetensors", tensors)
    return facts
