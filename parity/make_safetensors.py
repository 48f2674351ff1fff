"""Makes the safetensors files that the tests of lora4j-formats read, with the reference implementation.

    pip install safetensors==0.8.0 torch numpy
    python parity/make_safetensors.py make lora4j-formats/src/test/resources/safetensors
    python parity/make_safetensors.py check FILE     prints what Python reads from a file that lora4j wrote
"""

import json
import sys
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file


def all_types():
    """Values that every type holds exactly, in an order that the writer has to change."""
    ramp = torch.tensor([[-3, 0, 1], [2, 5, 7]])
    return {
        "u8": ramp.abs().to(torch.uint8),
        "bool": ramp > 0,
        "i8": ramp.to(torch.int8),
        "i16": ramp.to(torch.int16) * 1000,
        "f16": ramp.to(torch.float16) / 2,
        "bf16": ramp.to(torch.bfloat16) / 4,
        "i32": ramp.to(torch.int32) * 100000,
        "f32": ramp.to(torch.float32) / 8,
        "f64": ramp.to(torch.float64) / 16,
        "i64": ramp.to(torch.int64) * 10**12,
        "a.weight": torch.tensor([1.5, -2.5]),
        "ü/名": torch.tensor([0.25]),
        "scalar": torch.tensor(3.5),
        "empty": torch.zeros(0, 4),
    }


def make(folder):
    folder.mkdir(parents=True, exist_ok=True)
    save_file(all_types(), folder / "all-types.safetensors", metadata={"format": "pt"})


def check(path):
    with safe_open(path, "pt") as file:
        tensors = {
            name: {
                "dtype": str(file.get_tensor(name).dtype),
                "shape": list(file.get_tensor(name).shape),
                "sum": file.get_tensor(name).double().sum().item(),
            }
            for name in file.keys()
        }
        print(json.dumps({"metadata": file.metadata(), "tensors": tensors}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]))
    else:
        check(sys.argv[2])
