"""Makes the golden file of matrices that are rounded when they are loaded: what bitsandbytes, torch and numpy make of one.

    pip install bitsandbytes==0.50.2 && python parity/make_rounded_golden.py

writes little-endian files to lora4j-tensor/src/test/resources/dev/lora4j/tensor: rounded.weight, a float32 matrix [7, 45]
whose width is no multiple of 64 and odd, with a row of zeros and values from 1e-6 to 3; and what it is after rounding
to nf4 (blocks of 64, bitsandbytes' CPU code), bf16 (torch) and int8 (per row, numpy in float64), as float32.
"""

from pathlib import Path

import bitsandbytes.functional as bits
import numpy as np
import torch

SEED = 20261128


def int8(weight: np.ndarray) -> np.ndarray:
    wide = weight.astype(np.float64)
    scale = np.abs(wide).max(axis=1, keepdims=True) / 127
    quantised = np.rint(wide / np.where(scale == 0, 1, scale))
    return (quantised * scale).astype("<f4")


def main() -> None:
    out = Path(__file__).parent.parent / "lora4j-tensor/src/test/resources/dev/lora4j/tensor"
    out.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(SEED)
    weight = random.standard_normal((7, 45)).astype("<f4")
    weight[2] = 0
    weight[4] *= 1e-6
    matrix = torch.from_numpy(weight.copy())
    packed, state = bits.quantize_4bit(matrix, blocksize=64, quant_type="nf4")
    rounded = {
        "weight": weight,
        "nf4": bits.dequantize_4bit(packed, state).numpy().astype("<f4"),
        "bf16": matrix.to(torch.bfloat16).float().numpy().astype("<f4"),
        "int8": int8(weight),
    }
    for name, values in rounded.items():
        values.tofile(out / f"rounded.{name}")
        print(name, values.shape, float(np.abs(values - weight).max()))


if __name__ == "__main__":
    main()
