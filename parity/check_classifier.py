"""Prints transformers' loss and accuracy of a classifier on a JSONL file, to compare with lora4j evaluate.

usage: python parity/check_classifier.py BASE DATA [--adapter DIR]
BASE is a Hugging Face folder, such as one that lora4j merge wrote; the adapter is PEFT's or ours. A row has text, label and
perhaps text_pair; the order of the labels is that of the adapter's labels.json, else of id2label.
"""

import argparse
import json
from pathlib import Path

import torch
from peft import PeftModel
from transformers import AutoModelForSequenceClassification, AutoTokenizer


def main(options):
    torch.set_num_threads(1)
    names = labels_of(options)
    model = AutoModelForSequenceClassification.from_pretrained(
        options.base, num_labels=len(names), ignore_mismatched_sizes=bool(options.adapter), dtype=torch.float32
    )
    if options.adapter:
        model = PeftModel.from_pretrained(model, options.adapter)
    model, tokenizer = model.eval(), AutoTokenizer.from_pretrained(options.base)
    rows = [json.loads(line) for line in open(options.data, encoding="utf-8")]
    total, right = 0.0, 0
    with torch.no_grad():
        for row in rows:
            inputs = tokenizer(row["text"], row.get("text_pair"), return_tensors="pt")
            label = torch.tensor([names.index(row["label"])])
            logits = model(**inputs).logits
            total += torch.nn.functional.cross_entropy(logits, label).item()
            right += (logits.argmax(-1) == label).item()
    print(json.dumps(dict(rows=len(rows), loss=total / len(rows), accuracy=right / len(rows))))


def labels_of(options):
    if options.adapter:
        return json.loads((Path(options.adapter) / "labels.json").read_text())["labels"]
    names = json.loads((Path(options.base) / "config.json").read_text())["id2label"]
    return [names[str(i)] for i in range(len(names))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("data")
    parser.add_argument("--adapter")
    main(parser.parse_args())
