"""Trains every weight of a model by lora4j and by torch, and compares the folder that lora4j wrote, through transformers.

usage: python parity/check_full.py BASE DATA LORA4J [--steps N] [--batch N]
BASE is a Hugging Face folder with its tokenizer, DATA a JSONL file, LORA4J the launcher. The rows are taken in file order.
"""

import argparse
import json
import subprocess
import tempfile

import torch

from rows import load_base, loss_sum, read_rows

RATE, EPSILON = 1e-5, 1e-6


def main(options):
    with tempfile.TemporaryDirectory() as scratch:
        folder = scratch + "/full"
        settings = dict(learning_rate=RATE, epsilon=EPSILON, max_steps=options.steps, batch_size=options.batch)
        settings |= dict(schedule="constant", warmup_ratio=0, max_gradient_norm=0)
        flags = [f"--{key.replace('_', '-')}={value}" for key, value in settings.items()]
        command = [options.lora4j, "train", "--method", "full", "--model", options.base, "--data", options.data]
        subprocess.run([*command, "--output", folder, "--no-shuffle", *flags], check=True)
        log = [json.loads(line) for line in open(folder + "/training-log.jsonl", encoding="utf-8")]
        ours = {name: value.detach() for name, value in load_base(folder)[0].named_parameters()}
    before, after, losses = trained(options)
    moved = max((after[name] - before[name]).abs().max().item() for name in after)
    worst = max((ours[name] - after[name]).abs().max().item() for name in after)
    differ = max(abs(line["loss"] - loss) for line, loss in zip([l for l in log if "loss" in l], losses))
    report = dict(weights=len(after), same_names=ours.keys() == after.keys(), largest_step=moved)
    print(json.dumps(report | dict(largest_difference=worst, losses=losses, loss_difference=differ)))


def trained(options):
    """Weights before and after, and the loss before each step."""
    model, tokenizer = load_base(options.base)
    rows = read_rows(options.data, tokenizer, options.steps * options.batch)
    before = {name: value.detach().clone() for name, value in model.named_parameters()}
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, eps=EPSILON, weight_decay=0.01, foreach=False)
    losses = []
    for step in range(options.steps):
        batch = rows[step * options.batch : (step + 1) * options.batch]
        count = sum(int((labels[1:] != -100).sum()) for _, labels in batch)
        optimizer.zero_grad()
        losses.append(0.0)
        for ids, labels in batch:
            loss = loss_sum(model, ids, labels)[0] / count
            loss.backward()
            losses[-1] += loss.item()
        optimizer.step()
    return before, {name: value.detach() for name, value in model.named_parameters()}, losses


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("data")
    parser.add_argument("lora4j")
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--batch", type=int, default=2)
    main(parser.parse_args())
