"""More adapters on the llama case: every setting that changes which modules are adapted or by how much."""

import torch

from golden import causal, files, lora

LORA = dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
VARIANTS = {
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
}


def write(model, folder, sequences):
    """Writes the adapters and their logits; returns the number of trained parameters of each."""
    tensors, facts = {}, {}
    for name, settings in VARIANTS.items():
        peft_model = lora.adapted(model, "llama " + name, **dict(LORA, **settings))
        files.save_adapter(peft_model, folder / "variants" / name, "llama")
        with torch.no_grad():
            for i, (ids, _) in enumerate(sequences):
                tensors[f"{name}.logits.{i}"] = causal.logits_of(peft_model, ids)
        facts[name] = dict(trained_parameters=sum(v.numel() for v in lora.trainable(peft_model).values()))
    files.write_tensors(folder / "variants.safetensors", tensors)
    return facts
