"""Greedy generation with transformers, or with PEFT's mixed batches where each prompt has an adapter of its own."""

import torch
from peft import PeftModel

from fixtures import load
from steps import batch
from worker import read, timed


class Generation:
    def __init__(self, request):
        self.request = request
        self.model = load(request["model"], "causal").eval()
        self.model.generation_config.eos_token_id = None  # as many tokens as asked for, whatever they say
        self.ids = torch.tensor([row["tokens"] for row in read(request["prompts"])])
        self.settings = dict(max_new_tokens=request["new_tokens"], do_sample=False)
        if request["adapters"]:
            names = [f"adapter-{i}" for i in range(len(request["adapters"]))]
            self.model = PeftModel.from_pretrained(self.model, request["adapters"][0], names[0])
            for name, folder in list(zip(names, request["adapters"]))[1:]:
                self.model.load_adapter(folder, name)
            self.model.eval()
            self.settings["adapter_names"] = names

    def prepare(self):
        losses = [self.loss()] if self.request.get("held") else []
        return dict(losses=losses, tokens=self.generate().tolist())

    def round(self):
        times = self.request.get("times", 1)
        seconds, results = timed(lambda: [self.generate() for _ in range(times)])
        return dict(seconds=seconds, tokens=sum(each.numel() for each in results), losses=[])

    def loss(self):
        """Of held rows, with the first adapter where there are some."""
        with torch.no_grad():
            return self.model(**batch(read(self.request["held"]))).loss.item()

    def generate(self):
        """[prompts, new tokens]"""
        with torch.no_grad():
            mask = torch.ones_like(self.ids)
            return self.model.generate(input_ids=self.ids, attention_mask=mask, **self.settings)[:, self.ids.shape[1] :]
