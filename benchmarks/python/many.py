"""Many adapters that differ, in PEFT's format. Written without PEFT, which takes about a second for each."""

import json
import math

import numpy
from safetensors.numpy import save_file

TARGETS = ["q_proj", "v_proj"]


def write(model, path, count, ranks, seed):
    """COUNT folders a0000, a0001, ... under path, whose ranks take turns; alpha is the rank, so the scaling is 1.

    A is drawn as PEFT draws it. B is random and small, so that an adapter that is left out, or another one, shows in the
    tokens. 16-bit files: both sides compute with the same values in float32.
    """
    base = json.loads((model / "config.json").read_text(encoding="utf-8"))
    for number in range(count):
        rank = ranks[number % len(ranks)]
        folder = path / name(number)
        folder.mkdir(parents=True)
        tensors = weights(base, rank, numpy.random.default_rng([seed, number]))
        save_file(tensors, folder / "adapter_model.safetensors", metadata=dict(format="pt"))
        config = dict(
            peft_type="LORA",
            task_type="CAUSAL_LM",
            base_model_name_or_path=model.name,
            r=rank,
            lora_alpha=rank,
            lora_dropout=0.0,
            bias="none",
            target_modules=TARGETS,
        )
        (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")


def name(number):
    return f"a{number:04}"


def weights(base, rank, random):
    hidden, head = base["hidden_size"], base["head_dim"]
    widths = dict(q_proj=base["num_attention_heads"] * head, v_proj=base["num_key_value_heads"] * head)
    bound = 1 / math.sqrt(hidden)
    tensors = {}
    for layer in range(base["num_hidden_layers"]):
        for target in TARGETS:
            prefix = f"base_model.model.model.layers.{layer}.self_attn.{target}"
            a = (random.random((rank, hidden), dtype=numpy.float32) * 2 - 1) * bound
            b = random.standard_normal((widths[target], rank), dtype=numpy.float32) * 0.01
            tensors[f"{prefix}.lora_A.weight"] = a.astype(numpy.float16)
            tensors[f"{prefix}.lora_B.weight"] = b.astype(numpy.float16)
    return tensors
