"""Prints PEFT's token-weighted loss of an adapter on a JSONL file, to compare with lora4j's.

usage: python parity/check_adapter.py BASE DATA [--adapter DIR] [--limit N] [--no-eos] [--rows FILE]
BASE is a Hugging Face folder or a .gguf file; without --adapter the base alone is measured.
"""

import argparse
import json
import math

import torch
from peft import PeftModel

from rows import load_base, loss_sum, read_rows


def main(options):
    model, tokenizer = load_base(options.base)
    if options.adapter:
        model = PeftModel.from_pretrained(model, options.adapter).eval()
    rows = read_rows(options.data, tokenizer, options.limit, not options.no_eos)
    total, count, lines = 0.0, 0, []
    with torch.no_grad():
        for ids, labels in rows:
            loss, labelled = loss_sum(model, ids, labels)
            total, count = total + loss.item(), count + labelled
            lines.append(dict(input_ids=ids.tolist(), labels=labels.tolist(), loss_sum=loss.item(), labelled=labelled))
    if options.rows:
        with open(options.rows, "w", encoding="utf-8") as out:
            out.writelines(json.dumps(line) + "\n" for line in lines)
    loss = total / count
    print(json.dumps(dict(rows=len(rows), labelled_tokens=count, loss=loss, perplexity=math.exp(loss))))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("data")
    parser.add_argument("--adapter")
    parser.add_argument("--limit", type=int, help="only the first N rows")
    parser.add_argument("--no-eos", action="store_true", help="no end-of-sequence token after text or completion")
    parser.add_argument("--rows", help="write each row's ids, labels and loss to this JSONL file")
    main(parser.parse_args())
