"""Trains an adapter with PEFT on a JSONL file, to be loaded by lora4j or compared step by step.

usage: python parity/train_adapter.py BASE DATA OUTPUT [--steps N] [--batch N] [--start DIR] [...]
Batches are consecutive rows in file order, again from the top at the end; the loss of a batch is the mean over its labelled
tokens; AdamW at a constant rate; no dropout. Prints one JSON line per step with the loss before the step. --start begins from
an adapter folder, so that both sides can start from the same numbers.
"""

import argparse
import json

import torch
from peft import LoraConfig, PeftModel, get_peft_model

from rows import load_base, loss_sum, read_rows


def main(options):
    torch.manual_seed(options.seed)
    base, tokenizer = load_base(options.base)
    rows = read_rows(options.data, tokenizer, options.limit, not options.no_eos)
    model = adapted(base, options).eval()
    tensors = [value for value in model.parameters() if value.requires_grad]
    optimizer = torch.optim.AdamW(tensors, lr=options.lr, weight_decay=options.weight_decay, foreach=False)
    for step in range(options.steps):
        batch = [rows[(step * options.batch + i) % len(rows)] for i in range(options.batch)]
        count = sum(int((labels[1:] != -100).sum()) for _, labels in batch)
        optimizer.zero_grad()
        total = 0.0
        for ids, labels in batch:
            loss = loss_sum(model, ids, labels)[0] / count
            loss.backward()
            total += loss.item()
        optimizer.step()
        print(json.dumps(dict(step=step + 1, loss=total, labelled_tokens=count)), flush=True)
    model.save_pretrained(options.output)


def adapted(base, options):
    if options.start:
        return PeftModel.from_pretrained(base, options.start, is_trainable=True)
    targets = options.targets.split(",") if "," in options.targets else options.targets
    settings = LoraConfig(r=options.rank, lora_alpha=options.alpha, target_modules=targets, task_type="CAUSAL_LM")
    return get_peft_model(base, settings)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("data")
    parser.add_argument("output")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--rank", type=int, default=4)
    parser.add_argument("--alpha", type=int, default=8)
    parser.add_argument("--targets", default="q_proj,v_proj", help="comma-separated names, a regex, or all-linear")
    parser.add_argument("--lr", type=float, default=2e-4)
    parser.add_argument("--weight-decay", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", help="an adapter folder to begin from")
    parser.add_argument("--limit", type=int, help="only the first N rows")
    parser.add_argument("--no-eos", action="store_true", help="no end-of-sequence token after text or completion")
    main(parser.parse_args())
