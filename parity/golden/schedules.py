"""Learning rates of transformers' schedules."""

import torch
from transformers import (
    get_constant_schedule_with_warmup,
    get_cosine_schedule_with_warmup,
    get_linear_schedule_with_warmup,
)

from golden import files

STEPS, WARM_UP, PEAK = 20, 5, 1e-3


def write(root):
    rates = {
        "linear": rates_of(lambda o: get_linear_schedule_with_warmup(o, WARM_UP, STEPS)),
        "cosine": rates_of(lambda o: get_cosine_schedule_with_warmup(o, WARM_UP, STEPS)),
        "constant": rates_of(lambda o: get_constant_schedule_with_warmup(o, WARM_UP)),
    }
    files.write_json(root / "schedules.json", dict(steps=STEPS, warmup_steps=WARM_UP, peak=PEAK, rates=rates))


def rates_of(schedule_of):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=PEAK)
    schedule = schedule_of(optimizer)
    rates = []
    for _ in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return rates
