"""JSONL rows as token ids and labels, by the same rules as lora4j's data package.

messages: the prompt is the template over all but the last message with the generation prompt, the full text is the template
over all messages; every token after the prompt is a label. prompt and completion: tokenized apart; the completion and one
end-of-sequence token are labels. text: every token but the first is a label, one end-of-sequence token included.
"""

import json
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

IGNORED = -100


def load_base(path):
    """Model and tokenizer of a Hugging Face folder or of a .gguf file, in fp32."""
    path = Path(path)
    where, gguf = (path.parent, dict(gguf_file=path.name)) if path.suffix == ".gguf" else (path, {})
    tokenizer = AutoTokenizer.from_pretrained(where, **gguf)
    model = AutoModelForCausalLM.from_pretrained(where, dtype=torch.float32, attn_implementation="eager", **gguf)
    return model.eval(), tokenizer


def read_rows(file, tokenizer, limit=None, end=True):
    with open(file, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    return [encode(row, number, tokenizer, end) for number, row in enumerate(rows[:limit], 1)]


def encode(row, number, tokenizer, end):
    """(ids, labels) of one row; labels are not shifted and -100 where there is none."""
    if "messages" in row:
        return chat(row["messages"], number, tokenizer)
    closing = [tokenizer.eos_token_id] if end else []
    if "prompt" in row:
        prompt = tokenizer(row["prompt"]).input_ids
        return labelled(prompt, tokenizer(row["completion"], add_special_tokens=False).input_ids + closing)
    return labelled([], tokenizer(row["text"]).input_ids + closing)


def chat(messages, number, tokenizer):
    prompt = template(tokenizer, messages[:-1], add_generation_prompt=True)
    full = template(tokenizer, messages, add_generation_prompt=False)
    if full[: len(prompt)] != prompt:
        raise ValueError(f"row {number}: the prompt's tokens are not the beginning of the full text's tokens")
    return labelled(prompt, full[len(prompt) :])


def template(tokenizer, messages, add_generation_prompt):
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=add_generation_prompt)
    return tokenizer(text, add_special_tokens=False).input_ids


def labelled(prompt, answer):
    return torch.tensor(prompt + answer), torch.tensor([IGNORED] * len(prompt) + answer)


def loss_sum(model, ids, labels):
    """The sum of the losses of all labelled next tokens, and their number."""
    logits = model(input_ids=ids[None], attention_mask=torch.ones_like(ids)[None], use_cache=False).logits[0, :-1]
    total = torch.nn.functional.cross_entropy(logits, labels[1:], ignore_index=IGNORED, reduction="sum")
    return total, int((labels[1:] != IGNORED).sum())
