"""Loads every committed golden folder again, in float64, and prints how far its fp32 values are off.

usage: python parity/check_golden.py
"""

import json
import os
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

from golden import causal, encoders, lora
from make_model_golden import ROOT


def main():
    torch.set_num_threads(1)
    for folder in sorted(path.parent for path in ROOT.glob("*/golden.json")):
        facts, tensors = json.loads((folder / "golden.json").read_text()), load_file(folder / "golden.safetensors")
        if "sequences" in facts:
            check_causal(folder, facts, tensors)
        elif "loss" in facts:
            check_classifier(folder, facts, tensors)


def check_causal(folder, facts, tensors):
    sequences = [(torch.tensor(s["input_ids"]), torch.tensor(s["labels"])) for s in facts["sequences"]]
    model = reloaded(AutoModelForCausalLM, folder, folder / "adapter")
    logits = {f"adapter.logits.{i}": causal.logits_of(model, ids) for i, (ids, _) in enumerate(sequences)}
    report(folder.name, facts, tensors, model, logits, lambda m: causal.loss_of(m, sequences))
    for name in facts.get("variants", {}):
        variant = reloaded(AutoModelForCausalLM, folder, folder / "variants" / name)
        logits = {f"{name}.logits.{i}": causal.logits_of(variant, ids) for i, (ids, _) in enumerate(sequences)}
        print(f"{folder.name}/{name}: logits {difference(logits, load_file(folder / 'variants.safetensors')):.1e}")


def check_classifier(folder, facts, tensors):
    answers = torch.tensor([example.pop("label") for example in facts["examples"]])
    answers = answers if answers.dtype == torch.int64 else answers.double()
    examples = [{key: torch.tensor(value) for key, value in example.items()} for example in facts["examples"]]
    model = reloaded(AutoModelForSequenceClassification, folder, folder / "adapter")
    logits = {"adapter.logits": encoders.logits_of(model, examples)}
    report(folder.name, facts, tensors, model, logits, lambda m: encoders.loss_of(m, examples, answers))
    for name in facts.get("variants", {}):
        variant = reloaded(AutoModelForSequenceClassification, folder, folder / "variants" / name)
        found = {f"{name}.logits": encoders.logits_of(variant, examples)}
        print(f"{folder.name}/{name}: logits {difference(found, load_file(folder / 'variants.safetensors')):.1e}")


def reloaded(model_class, base, adapter):
    # PEFT takes the beginning of pissa and olora off the base in float32 only
    settings = json.loads((adapter / "adapter_config.json").read_text())
    dtype = torch.float32 if settings["init_lora_weights"] in ("pissa", "olora") else torch.float64
    plain = dict(attn_implementation="eager", experts_implementation="eager")
    model = model_class.from_pretrained(base, dtype=dtype, **plain)
    return PeftModel.from_pretrained(model, adapter, is_trainable=True).eval().double()


def report(name, facts, tensors, model, logits, loss_of):
    loss = loss_of(model)
    gradients = lora.gradients(model, loss, "grad.")
    losses, after = lora.adamw_steps(model, loss_of)
    expected = facts["adapter"]["adamw"]["losses"]
    print(
        f"{name}: logits {difference(logits, tensors):.1e}, gradients {difference(gradients, tensors):.1e}, "
        f"losses {max(abs(a - b) for a, b in zip(losses, expected, strict=True)):.1e}, "
        f"after three steps {difference(after, tensors):.1e}"
    )


def difference(actual, expected):
    return max((value - expected[name].double()).abs().max().item() for name, value in actual.items())


if __name__ == "__main__":
    main()
