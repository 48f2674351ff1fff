"""Optimizer steps with PEFT, written as a plain loop without a Trainer: forward, backward, AdamW."""

import torch
from peft import PeftModel

from fixtures import load
from worker import read, timed

WARM_UP = 3


class Steps:
    """Adapter i learns rows[i], all of them in each step. PEFT trains one adapter at a time, so several take turns."""

    def __init__(self, request):
        base = load(request["model"], "causal")
        base.config.use_cache = False
        self.steps = request["steps"]
        self.batches = [batch(read(file)) for file in request["rows"]]
        self.tokens = sum(len(row["tokens"]) for file in request["rows"] for row in read(file))
        self.names = [f"adapter-{i}" for i in range(len(self.batches))]
        self.model = PeftModel.from_pretrained(base, request["adapters"][0], self.names[0], is_trainable=True)
        for name, folder in list(zip(self.names, request["adapters"]))[1:]:
            self.model.load_adapter(folder, name, is_trainable=True)
        self.optimizers = []
        for name in self.names:
            values = [value for key, value in self.model.named_parameters() if f".{name}." in key]
            self.optimizers.append(
                torch.optim.AdamW(values, lr=request["learning_rate"], weight_decay=0.01, fused=True)
            )
        if request.get("recompute"):
            self.model.gradient_checkpointing_enable(dict(use_reentrant=False))
        self.model.train()
        self.forward = torch.compile(self.model) if request.get("compile") else self.model

    def prepare(self):
        return dict(losses=[loss for losses in zip(*self.train(WARM_UP)) for loss in losses])

    def round(self):
        seconds, losses = timed(lambda: self.train(self.steps))
        return dict(seconds=seconds, tokens=self.tokens * self.steps, losses=[run[-1] for run in losses])

    def train(self, steps):
        """Losses by adapter and step."""
        runs = []
        for name, optimizer, inputs in zip(self.names, self.optimizers, self.batches):
            if len(self.names) > 1:
                self.model.set_adapter(name)
            runs.append([self.step(optimizer, inputs) for _ in range(steps)])
        return runs

    def step(self, optimizer, inputs):
        loss = self.forward(**inputs).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss.item()


def batch(rows):
    """Padded to the longest, as transformers' collators do; no mask where nothing is padded, which is faster."""
    longest = max(len(row["tokens"]) for row in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    classes = [row["label"] for row in rows if "label" in row]
    labels = torch.tensor(classes) if classes else torch.full_like(ids, -100)
    for i, row in enumerate(rows):
        tokens = torch.tensor(row["tokens"])
        ids[i, : len(tokens)] = tokens
        mask[i, : len(tokens)] = 1
        if not classes:
            labels[i, row["from"] : len(tokens)] = tokens[row["from"] :]
    return dict(input_ids=ids, labels=labels, **({} if mask.all() else dict(attention_mask=mask)))
