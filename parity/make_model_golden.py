"""Writes the golden files of lora4j-core: expected values of transformers and PEFT on tiny random models.

usage: python parity/make_model_golden.py [case ...]
"""

import os
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch

from golden import causal, encoders, matching, schedules, tokenizers

ROOT = Path(__file__).resolve().parent.parent / "lora4j-core/src/test/resources/golden"


def main(only):
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    causal.write_all(ROOT, only)
    encoders.write_all(ROOT, only)
    if not only:
        schedules.write(ROOT)
        tokenizers.write(ROOT)
        matching.write(ROOT)


if __name__ == "__main__":
    main(sys.argv[1:])
