"""Compares adapters combined by lora4j with PEFT's add_weighted_adapter and with the dense sum, as ΔW in float64.

usage: python parity/check_combine.py BASE LORA4J [--work DIR]
BASE is a Hugging Face folder of a decoder, LORA4J the launcher. Two adapters with random values are written, of ranks 4
and 4, one of them rank-stabilised; both programs combine them; the largest difference of each ΔW is printed.
PEFT's linear is expected to differ from the sum: it has cross terms (peft #3004).
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

WEIGHTS = [0.75, 0.5]
FULL = 32  # a rank that holds any ΔW of the golden llama's query projection


def make(base, folder, seed, config):
    torch.manual_seed(seed)
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32), config)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.3)
    model.save_pretrained(folder)


def deltas(folder):
    """ΔW by module, from the files alone."""
    config = json.loads((folder / "adapter_config.json").read_text())
    tensors = load_file(folder / "adapter_model.safetensors")
    out = {}
    for name in (n for n in tensors if n.endswith("lora_A.weight")):
        path = name.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
        a, b = tensors[name].double(), tensors[name.replace("lora_A", "lora_B")].double()
        alpha = config["alpha_pattern"].get(path, config["lora_alpha"])
        scale = alpha / (a.shape[0] ** 0.5 if config["use_rslora"] else a.shape[0])
        out[path] = scale * b @ a
    return out


def largest(left, right):
    assert left.keys() == right.keys(), (left.keys(), right.keys())
    return max((left[k] - right[k]).abs().max().item() for k in left)


def main(options):
    work = pathlib.Path(options.work or tempfile.mkdtemp())
    folders = [work / "first", work / "second"]
    make(options.base, folders[0], 1, LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj"], task_type="CAUSAL_LM"))
    make(
        options.base,
        folders[1],
        2,
        LoraConfig(r=4, lora_alpha=6, target_modules=["q_proj"], task_type="CAUSAL_LM", use_rslora=True),
    )
    sources = [deltas(folder) for folder in folders]
    dense = {k: sum(w * source[k] for w, source in zip(WEIGHTS, sources)) for k in sources[0]}

    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(options.base, dtype=torch.float32), folders[0], "a")
    model.load_adapter(folders[1], "b")
    cases = [
        # ours, PEFT's, options of both
        (["cat"], "cat", {}),
        (["linear"], "linear", {}),
        (["svd", "--rank", "8"], "svd", dict(svd_rank=8)),
        (["svd", "--rank", "3"], "svd", dict(svd_rank=3)),
        (["ties", "--rank", FULL, "--density", "0.4"], "ties_svd", dict(svd_rank=FULL, density=0.4)),
        (
            ["ties", "--rank", FULL, "--density", "0.4", "--majority-sign", "frequency"],
            "ties_svd",
            dict(svd_rank=FULL, density=0.4, majority_sign_method="frequency"),
        ),
        (["magnitude", "--rank", FULL, "--density", "0.3"], "magnitude_prune_svd", dict(svd_rank=FULL, density=0.3)),
    ]
    print("| method | lora4j − PEFT | lora4j − dense sum | PEFT − dense sum |\n|---|---|---|---|")
    for i, (ours, theirs, settings) in enumerate(cases):
        output = work / f"ours-{i}"
        command = [options.lora4j, "combine", "-m", options.base, "-a", ",".join(map(str, folders)), "-o", output]
        command += ["--weights", ",".join(map(str, WEIGHTS)), "--method", *ours]
        subprocess.run([str(word) for word in command], check=True, capture_output=True)
        model.add_weighted_adapter(["a", "b"], WEIGHTS, f"c{i}", combination_type=theirs, **settings)
        model.save_pretrained(work / "peft", selected_adapters=[f"c{i}"])
        found, expected = deltas(output), deltas(work / "peft" / f"c{i}")
        row = [largest(found, expected), largest(found, dense), largest(expected, dense)]
        print(f"| {' '.join(map(str, ours))} | " + " | ".join(f"{value:.1e}" for value in row) + " |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("lora4j")
    parser.add_argument("--work")
    main(parser.parse_args())
