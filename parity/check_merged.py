"""Compares folders that lora4j merge wrote with the merged logits of PEFT, through transformers.

usage: python parity/check_merged.py CASE FOLDER ...
CASE is a golden case of a causal model, FOLDER what lora4j merge made of it and its adapter.
"""

import json
import sys

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from golden import causal
from make_model_golden import ROOT


def main(case, folders):
    facts = json.loads((ROOT / case / "golden.json").read_text())
    expected = load_file(ROOT / case / "golden.safetensors")
    for folder in folders:
        model, info = AutoModelForCausalLM.from_pretrained(
            folder, attn_implementation="eager", dtype=torch.float32, output_loading_info=True
        )
        worst = 0.0
        with torch.no_grad():
            for i, sequence in enumerate(facts["sequences"]):
                logits = causal.logits_of(model.eval(), torch.tensor(sequence["input_ids"]))
                worst = max(worst, (logits - expected[f"merged.logits.{i}"]).abs().max().item())
        print(f"{folder}: {type(model).__name__}, logits {worst:.1e}, missing {sorted(info['missing_keys'])}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
