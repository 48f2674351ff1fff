"""What a step cannot do without: its matrix products at the BLAS's own speed, and flash attention. Nothing else.

Forward: q,k,v as one product, gate,up as one product, o, down; A and B of the adapted layers (q and v share x, so their
A's are one product); attention; the output layer for the rows with a label. Backward: the gradients by the input of the
same, and of A and B. All into buffers that exist. No norms, activations, softmax, loss, optimizer or copies.
"""

import json
from pathlib import Path

import torch

from worker import read, timed

RANK = 8
ATTENTION = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
ATTENTION_BACKWARD = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward


class Floor:
    def __init__(self, request):
        config = json.loads((Path(request["model"]) / "config.json").read_text())
        rows = read(request["rows"][0])
        self.count, self.length = len(rows), len(rows[0]["tokens"])
        self.labels = self.count * (self.length - 1)
        self.layers, self.heads = config["num_hidden_layers"], config["num_attention_heads"]
        self.steps = request["steps"]
        hidden, inner, self.head = config["hidden_size"], config["intermediate_size"], config["head_dim"]
        self.keys = config["num_key_value_heads"] * self.head
        tokens = self.count * self.length
        # a set of weights per layer: the caches must be as cold as in the model
        self.weights = [
            [torch.randn(out, into) for out, into in
             [(hidden + 2 * self.keys, hidden), (hidden, hidden), (2 * inner, hidden), (hidden, inner)]]
            for _ in range(self.layers)
        ]  # fmt: skip
        self.a = torch.randn(2 * RANK, hidden)
        self.b = torch.randn(hidden, RANK), torch.randn(self.keys, RANK)
        self.vocabulary = torch.randn(config["vocab_size"], hidden)
        self.x, self.dx = torch.randn(tokens, hidden), torch.empty(tokens, hidden)
        self.wide, self.inner = torch.randn(tokens, hidden + 2 * self.keys), torch.randn(tokens, 2 * inner)
        self.half, self.low = torch.randn(tokens, inner), torch.randn(tokens, 2 * RANK)
        self.logits = torch.randn(self.labels, config["vocab_size"])
        shape = (self.count, self.heads, self.length, self.head)
        self.qkv, self.dy = [torch.randn(shape) for _ in range(3)], torch.randn(shape)

    def prepare(self):
        self.step()
        return dict(losses=[])

    def round(self):
        seconds, _ = timed(lambda: [self.step() for _ in range(self.steps)])
        return dict(seconds=seconds, tokens=self.count * self.length * self.steps, losses=[])

    def step(self):
        with torch.no_grad():
            kept = [self.forward(*weights) for weights in self.weights]
            torch.mm(self.x[: self.labels], self.vocabulary.t(), out=self.logits)
            torch.mm(self.logits, self.vocabulary, out=self.dx[: self.labels])
            for i in reversed(range(self.layers)):
                self.backward(*self.weights[i], kept[i], first=i == 0)

    def forward(self, qkv, o, up, down):
        q, v = self.wide[:, : self.x.shape[1]], self.wide[:, -self.keys :]
        torch.mm(self.x, qkv.t(), out=self.wide)
        torch.mm(self.x, self.a.t(), out=self.low)
        q.addmm_(self.low[:, :RANK], self.b[0].t())
        v.addmm_(self.low[:, RANK:], self.b[1].t())
        kept = ATTENTION(*self.qkv, 0.0, True)
        torch.mm(self.x, o.t(), out=self.dx)
        torch.mm(self.x, up.t(), out=self.inner)
        torch.mm(self.half, down.t(), out=self.dx)
        return kept

    def backward(self, qkv, o, up, down, kept, first):
        torch.mm(self.x, down, out=self.half)
        torch.mm(self.inner, up, out=self.dx)
        torch.mm(self.x, o, out=self.dx)
        ATTENTION_BACKWARD(self.dy, *self.qkv, kept[0], kept[1], 0.0, True)
        dq, dv = self.wide[:, : self.x.shape[1]], self.wide[:, -self.keys :]
        torch.mm(dq.t(), self.low[:, :RANK])
        torch.mm(dv.t(), self.low[:, RANK:])
        torch.mm(dq, self.b[0], out=self.low[:, :RANK])
        torch.mm(dv, self.b[1], out=self.low[:, RANK:])
        torch.mm(self.low.t(), self.x)
        if not first:  # nothing below the first layer learns
            torch.mm(self.wide, qkv, out=self.dx)
            self.dx.addmm_(self.low, self.a)
