"""LoRA against full fine-tuning, both by lora4j: step, peak memory, and the bytes of what is written."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

import pair

SIDES = dict(ours="lora", theirs="full")


def measure(row, context):
    """A fresh adapter changes nothing yet, so both must have the same loss before their first step."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sides = {name: stack.enter_context(context.java(process)) for name, process in SIDES.items()}
        requests = dict(ours=row.request | row.ours, theirs=row.request | row.theirs[0])
        losses = {name: side.ask("prepare", context.resolve(requests[name]))["losses"] for name, side in sides.items()}
        check = pair.compare(dict(losses=losses["ours"][:1]), dict(losses=losses["theirs"][:1]))
        for side in sides.values():
            pair.ask(side)  # not counted: alone in a process, full fine-tuning got faster for some steps more than the usual warm-up
        samples = {name: [] for name in sides}
        for number in range(context.rounds):
            for name, side in sides.items():
                answer = pair.ask(side)
                samples[name].append(answer["tokens"] / answer["seconds"])
            speeds = ", ".join(f"{SIDES[name]} {values[-1]:.1f}" for name, values in samples.items())
            context.tell(f"round {number + 1}: {speeds} tokens/s")
        memory = {name: side.ask("peak")["peak_bytes"] for name, side in sides.items()}
        written = {
            name: side.ask("write", dict(folder=str(folder / name)))["bytes"] for name, side in sides.items()
        }
    values = pair.result(row, samples, memory)
    values["checkpoint"] = dict(written, ratio=written["ours"] / written["theirs"], goal=row.checkpoint_goal)
    return values | dict(check=check)
