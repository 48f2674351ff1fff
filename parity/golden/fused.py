"""loralib's MergedLinear on GPT-2: LoRA on the queries and values of the fused c_attn only, a pair of its own for each."""

import copy
import json

import torch

from golden import causal, files, lora
from golden.models import generator

RANK, ALPHA = 2, 4
SCALING = ALPHA / RANK
PARTS = {"q": 0, "v": 2}


class Part(torch.nn.Module):
    """A pair beside a third of the outputs."""

    def __init__(self, width, random):
        super().__init__()
        self.a = torch.nn.Parameter(torch.randn(RANK, width, generator=random) / width**0.5)
        self.b = torch.nn.Parameter(0.2 * torch.randn(width, RANK, generator=random))

    def forward(self, x):
        return SCALING * (x @ self.a.T) @ self.b.T


def write(model, folder, sequences):
    """Writes gpt2/variants/fused-qv as PEFT has it; returns the expected tensors and facts."""
    width = model.config.n_embd
    parts = {
        f"transformer.h.{i}.attn.c_attn": {p: Part(width, generator(f"fused {i} {p}")) for p in PARTS}
        for i in range(model.config.n_layer)
    }
    hooked = copy.deepcopy(model)
    for path, pairs in parts.items():
        hooked.get_submodule(path).register_forward_hook(beside(pairs, width))
    tensors = {f"logits.{i}": causal.logits_of(hooked, ids).detach() for i, (ids, _) in enumerate(sequences)}
    write_adapter(model, parts, folder / "variants" / "fused-qv", sequences, tensors)
    values = [value for pairs in parts.values() for pair in pairs.values() for value in (pair.a, pair.b)]
    loss = causal.loss_of(hooked, sequences)
    loss.backward()
    for name, value in stacked(parts, lambda value: value.grad).items():
        tensors[f"grad.{name}"] = value
    optimizer = torch.optim.AdamW(values, **lora.ADAMW, foreach=False, fused=False)
    losses = []
    for _ in range(lora.STEPS):
        optimizer.zero_grad()
        step = causal.loss_of(hooked, sequences)
        step.backward()
        optimizer.step()
        losses.append(step.item())
    for name, value in stacked(parts, lambda value: value.detach()).items():
        tensors[f"after{lora.STEPS}.{name}"] = value
    trained = sum(value.numel() for value in values)
    facts = dict(trained_parameters=trained, loss=loss.item(), losses=losses)
    return {f"fused-qv.{name}": value for name, value in tensors.items()}, facts


def beside(pairs, width):
    def hook(_, inputs, output):
        thirds = [pairs[p](inputs[0]) if p in pairs else torch.zeros_like(output[..., :width]) for p in ("q", "k", "v")]
        return output + torch.cat(thirds, dim=-1)

    return hook


def stacked(parts, of):
    """The pairs as one under PEFT's names: rows of A one after another, B in blocks."""
    tensors = {}
    for path, pairs in parts.items():
        b = torch.zeros(3 * pairs["q"].b.shape[0], len(PARTS) * RANK)
        for column, (part, third) in enumerate(PARTS.items()):
            rows = pairs[part].b.shape[0]
            b[third * rows : (third + 1) * rows, column * RANK : (column + 1) * RANK] = of(pairs[part].b)
        tensors[f"base_model.model.{path}.lora_A.weight"] = torch.cat([of(pairs[part].a) for part in PARTS])
        tensors[f"base_model.model.{path}.lora_B.weight"] = b
    return tensors


def write_adapter(model, parts, folder, sequences, expected):
    peft_model = lora.adapted(
        model,
        "fused",
        r=RANK,
        lora_alpha=ALPHA,
        target_modules=["c_attn"],
        fan_in_fan_out=True,
        task_type="CAUSAL_LM",
        rank_pattern={path: len(PARTS) * RANK for path in parts},
        alpha_pattern={path: len(PARTS) * ALPHA for path in parts},
    )
    own = lora.trainable(peft_model)
    with torch.no_grad():
        for name, value in stacked(parts, lambda value: value.detach()).items():
            own[name].copy_(value)
        merged = copy.deepcopy(peft_model).merge_and_unload()
        expected["merged.0"] = causal.logits_of(merged, sequences[0][0])
        for i, (ids, _) in enumerate(sequences):
            difference = (causal.logits_of(peft_model, ids) - expected[f"logits.{i}"]).abs().max().item()
            if difference > 2e-6:
                raise AssertionError(f"fused: PEFT's logits differ by {difference}")
    files.save_adapter(peft_model, folder, "gpt2")
    file = folder / "adapter_config.json"
    config = json.loads(file.read_text())
    config["fused_parts"] = {"c_attn": list(PARTS)}
    file.write_text(json.dumps(config, indent=2, sort_keys=True))
