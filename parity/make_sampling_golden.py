"""Writes golden/sampling.json: what transformers' logits processors leave of random logits, as probabilities."""

import json
import pathlib
import random

import torch
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

VOCABULARY = 40
TARGET = pathlib.Path(__file__).parent.parent / "lora4j-core/src/test/resources/golden/sampling.json"


def processors(case):
    """In the order of transformers' GenerationMixin._get_logits_processor."""
    chosen = LogitsProcessorList()
    if case["repetition_penalty"] != 1:
        chosen.append(RepetitionPenaltyLogitsProcessor(case["repetition_penalty"]))
    if case["temperature"] != 1:
        chosen.append(TemperatureLogitsWarper(case["temperature"]))
    if case["top_k"] != 0:
        chosen.append(TopKLogitsWarper(case["top_k"]))
    if case["top_p"] != 1:
        chosen.append(TopPLogitsWarper(case["top_p"]))
    if case["min_p"] != 0:
        chosen.append(MinPLogitsWarper(case["min_p"]))
    return chosen


def main():
    dice = random.Random(20)
    cases = []
    for _ in range(60):
        case = {
            "repetition_penalty": dice.choice([1, 0.8, 1.3]),
            "temperature": dice.choice([1, 0.4, 2.5]),
            "top_k": dice.choice([0, 1, 5, 39, 200]),
            "top_p": dice.choice([1, 0.05, 0.6, 0.95]),
            "min_p": dice.choice([0, 0.02, 0.3]),
            "occurred": sorted(dice.sample(range(VOCABULARY), 6)),
            "logits": [round(dice.gauss(0, 2), 6) for _ in range(VOCABULARY)],
        }
        scores = torch.tensor([case["logits"]], dtype=torch.float32)
        left = processors(case)(torch.tensor([case["occurred"]]), scores)
        case["probabilities"] = [float(f"{p:.7g}") for p in torch.softmax(left[0].double(), -1).tolist()]
        cases.append(case)
    TARGET.write_text(json.dumps({"cases": cases}, indent=None, separators=(",", ":")).replace("},{", "},\n{") + "\n")


if __name__ == "__main__":
    main()
