"""Makes the golden files of the GGUF block decoders: random blocks and what the Python package gguf makes of them.

    pip install gguf==0.19.0 && python parity/make_gguf_golden.py

writes two files per type to lora4j-formats/src/test/resources/dev/lora4j/formats/gguf: TYPE.blocks, the stored bytes,
and TYPE.floats, little-endian float32. The bytes are random (all quants and scales occur); only the half-precision
scales are set to finite values, some of them subnormal, negative or zero.
"""

from pathlib import Path

import numpy as np
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType as T
from gguf.quants import dequantize

SEED = 20261124
BLOCKS = {32: 12, 256: 4, 1: 64}
# where a block has its half-precision numbers
HALVES = {
    T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0],
    T.Q2_K: [80, 82], T.Q3_K: [108], T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208],
    T.IQ4_NL: [0], T.F16: [0], T.BF16: [],
}
SPECIAL = np.array([0.0, -0.0, 6e-8, -3e-5, 6.1e-5, 65504.0], dtype=np.float16)


def main() -> None:
    out = Path(__file__).parent.parent / "lora4j-formats/src/test/resources/dev/lora4j/formats/gguf"
    out.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(SEED)
    for kind, halves in HALVES.items():
        elements, size = GGML_QUANT_SIZES[kind]
        count = BLOCKS[elements]
        blocks = random.integers(0, 256, (count, size), dtype=np.uint8)
        for at in halves:
            scales = (random.standard_normal(count) * 0.02).astype(np.float16)
            places = random.permutation(count)[: min(count // 2, len(SPECIAL))]
            scales[places] = random.permutation(SPECIAL)[: len(places)]
            blocks[:, at : at + 2] = scales.view(np.uint8).reshape(count, 2)
        if kind == T.BF16:
            values = (random.standard_normal(count)).astype(np.float32).view(np.uint32) >> 16
            blocks = values.astype(np.uint16).view(np.uint8).reshape(count, 2)
        floats = dequantize(blocks, kind).astype("<f4")
        assert np.isfinite(floats).all()
        blocks.tofile(out / f"{kind.name}.blocks")
        floats.tofile(out / f"{kind.name}.floats")
        print(kind.name, blocks.shape, floats.size, float(np.abs(floats).max()))


if __name__ == "__main__":
    main()
