"""Requests answered with PEFT, in order of arrival: in batches that mix adapters, or one adapter at a time.

A batch has up to so many requests, padded on the left, and generates until the longest answer is done: generate() lets
nobody in or out meanwhile. Only the tokens that were asked for count.
"""

from itertools import groupby

import torch
from peft import PeftModel
from transformers import AutoTokenizer

from fixtures import load
from traffic import ENDS, Request
from worker import timed


class Batches:
    def __init__(self, request):
        self.most = request["at_once"]
        base = load(request["model"], "causal")
        base.generation_config.eos_token_id = None  # answers are as long as asked for
        self.tokenizer = AutoTokenizer.from_pretrained(request["model"])
        first, *others = request["adapters"]
        self.model = PeftModel.from_pretrained(base, first, "0", low_cpu_mem_usage=True)
        for number, folder in enumerate(others, 1):
            self.model.load_adapter(folder, str(number), low_cpu_mem_usage=True)
        self.model.eval()

    def prepare(self):
        return dict(adapters=len(self.model.peft_config))

    def answer(self, request):
        requests = [Request(**each) for each in request["requests"]]
        batches = list(cut(requests, self.most) if request["mixed"] else one_adapter_each(requests, self.most))
        seconds, answers = timed(lambda: [self.generate(batch, request["mixed"]) for batch in batches])
        texts = [self.tokenizer.decode(ids) for batch in answers for ids in batch]
        return dict(seconds=seconds, batches=len(batches), texts=texts)

    def generate(self, batch, mixed):
        """[requests][new tokens]"""
        ids, mask = padded([each.prompt for each in batch])
        settings = dict(adapter_names=[str(each.adapter) for each in batch]) if mixed else {}
        if not mixed:
            self.model.set_adapter(str(batch[0].adapter))
        with torch.no_grad():
            output = self.model.generate(
                input_ids=ids,
                attention_mask=mask,
                max_new_tokens=max(each.new_tokens for each in batch),
                do_sample=False,
                suppress_tokens=ENDS,
                **settings,
            )
        said = output[:, ids.shape[1] :].tolist()
        return [row[: each.new_tokens] for row, each in zip(said, batch)]


def cut(requests, most):
    for first in range(0, len(requests), most):
        yield requests[first : first + most]


def one_adapter_each(requests, most):
    """Only neighbours of the same adapter share a batch: first come, first served."""
    for _, same in groupby(requests, key=lambda each: each.adapter):
        yield from cut(list(same), most)


def padded(prompts):
    longest = max(map(len, prompts))
    ids = torch.tensor([[0] * (longest - len(each)) + each for each in prompts])
    mask = torch.tensor([[0] * (longest - len(each)) + [1] * len(each) for each in prompts])
    return ids, mask
