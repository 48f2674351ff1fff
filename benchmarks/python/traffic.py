"""Requests of random tokens: Punica's popularities for a closed loop, S-LoRA's arrivals for an open one.

Lengths of prompts and answers are uniform in [4, 64), where S-LoRA has [8, 512): the model is small and the machine too.
"""

import math
from dataclasses import dataclass

import numpy

SHORTEST, LONGEST = 4, 64
EVEN = 32  # both lengths, where all requests are equally long
FIRST_WORD, VOCABULARY = 100, 49_152  # below the first are tokens of the chat template
ENDS = [0, 2]  # tokens that would end an answer early
POPULARITIES = ["identical", "uniform", "skewed", "distinct"]
SKEW = 1.5  # how many times more requests each adapter has than the next


@dataclass
class Request:
    adapter: int
    prompt: list
    new_tokens: int
    arrives: float = 0.0  # seconds after the beginning


def closed(popularity, count, seed, even=False):
    """With the same seed, all popularities have the same prompts and lengths: only the adapters differ."""
    random = numpy.random.default_rng(seed)
    requests = draw(random, count, even)
    adapters = [adapter for adapter, times in enumerate(shares(popularity, count)) for _ in range(times)]
    for request, adapter in zip(requests, random.permutation(adapters)):
        request.adapter = int(adapter)
    return requests


def shares(popularity, count):
    """How many of the requests each adapter has, in Punica's four ways."""
    if popularity == "identical":
        return [count]
    if popularity == "distinct":
        return [1] * count
    if popularity == "uniform":
        adapters = math.isqrt(count)
        return [count // adapters + (i < count % adapters) for i in range(adapters)]
    if popularity != "skewed":
        raise ValueError(f"there is no popularity {popularity}; expected one of {', '.join(POPULARITIES)}")
    rest, counts = count, []
    while rest:
        counts.append(max(1, round(rest * (1 - 1 / SKEW))))
        rest -= counts[-1]
    return counts


def open_loop(adapters, alpha, cv, rate, seconds, seed):
    """S-LoRA's trace: Gamma inter-arrivals (cv 1 is Poisson), adapter floor(n · U^(1/alpha)), alpha 1 being uniform."""
    random = numpy.random.default_rng(seed)
    count = max(1, round(rate * seconds))
    requests = draw(random, count)
    arrivals = numpy.cumsum(random.gamma(1 / cv**2, cv**2 / rate, count))
    for request, adapter, arrives in zip(requests, random.power(alpha, count) * adapters, arrivals):
        request.adapter, request.arrives = int(adapter), float(arrives)
    return requests


def draw(random, count, even=False):
    lengths = random.integers(SHORTEST, LONGEST, (count, 2)).tolist()
    if even:
        lengths = [(EVEN, EVEN)] * count
    return [Request(0, random.integers(FIRST_WORD, VOCABULARY, prompt).tolist(), new) for prompt, new in lengths]


def tokens(requests):
    return dict(prompt_tokens=sum(len(each.prompt) for each in requests), new_tokens=sum(each.new_tokens for each in requests))
