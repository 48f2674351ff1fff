"""Writes the golden files of full fine-tuning: gradients of every weight and three AdamW steps, by transformers and torch.

usage: python parity/make_full_golden.py

Reads the bases that make_model_golden.py has written. Some cases get full.safetensors, with each gradient and each weight
after the steps; full.json has the loss and every gradient's norm and sum for all cases.
"""

import json
import os

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

from golden import causal, encoders, files, lora
from make_model_golden import ROOT

WHOLE = ["llama-tied", "gpt2", "bert-classify"]
REFUSED = ["mixtral", "deberta-v2"]  # lora4j trains only low-rank adapters of these
# Some gradients are zero but for rounding, such as that of a key's bias, which softmax does not see. A larger epsilon
# keeps Adam from making steps of this noise.
ADAMW = dict(lora.ADAMW, eps=1e-4)


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    facts = {}
    for folder in sorted(path.parent for path in ROOT.glob("*/golden.json")):
        case = read(folder)
        if case is None:
            continue
        model, loss_of = case
        if model.config.model_type in REFUSED:
            continue
        values, losses = trained(model, loss_of)
        if folder.name in WHOLE:
            files.write_tensors(folder / "full.safetensors", values)
        gradients = {name[5:]: value for name, value in values.items() if name.startswith("grad.")}
        facts[folder.name] = dict(
            losses=losses,
            gradients={name: [value.norm().item(), value.sum().item()] for name, value in gradients.items()},
        )
    files.write_json(ROOT / "full.json", dict(adamw=dict(ADAMW, steps=lora.STEPS), cases=facts))


def read(folder):
    """The model of a case, and its loss as a function of it; None for bare encoders."""
    facts = json.loads((folder / "golden.json").read_text())
    plain = dict(attn_implementation="eager", dtype=torch.float32)
    if "sequences" in facts:
        sequences = [(torch.tensor(s["input_ids"]), torch.tensor(s["labels"])) for s in facts["sequences"]]
        model = AutoModelForCausalLM.from_pretrained(folder, **plain)
        return model.eval(), lambda m: causal.loss_of(m, sequences)
    if "loss" not in facts:
        return None
    answers = torch.tensor([example.pop("label") for example in facts["examples"]])
    examples = [{key: torch.tensor(value) for key, value in example.items()} for example in facts["examples"]]
    model = AutoModelForSequenceClassification.from_pretrained(folder, **plain)
    return model.eval(), lambda m: encoders.loss_of(m, examples, answers)


def trained(model, loss_of):
    """Gradients before and weights after the steps, by name, and the losses before each step and after the last."""
    weights = dict(model.named_parameters())
    for value in weights.values():
        value.requires_grad_()
    gradients = torch.autograd.grad(loss_of(model), list(weights.values()))
    values = {f"grad.{name}": gradient for name, gradient in zip(weights, gradients)}
    optimizer = torch.optim.AdamW(weights.values(), **ADAMW, foreach=False, fused=False)
    losses = []
    for _ in range(lora.STEPS):
        optimizer.zero_grad()
        loss = loss_of(model)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    losses.append(loss_of(model).item())
    return values | {f"after{lora.STEPS}.{name}": value.detach() for name, value in weights.items()}, losses


if __name__ == "__main__":
    main()
