"""Runs a pair: warm worker processes that take turns."""

import statistics
import time
from contextlib import ExitStack

SETTLE = 0.3  # seconds in which the other side's threads stop spinning
TOLERANCE = 1e-3


def measure(row, context):
    """The values of a result that are this row's own.

    Where they have several ways, all of them run in the first round and the fastest goes on.
    """
    with ExitStack() as stack:
        ours = stack.enter_context(context.java("ours", row.request["kind"]))
        first = ours.ask("prepare", context.resolve(row.request | row.ours))
        theirs, tolerance = {}, {}
        for change in row.theirs:
            name = name_of(change)
            start = context.java(name, row.request["kind"]) if row.against_ours else context.python(name)
            side = stack.enter_context(start)
            theirs[side.name] = side
            tolerance[side.name] = change.get("tolerance", TOLERANCE)
            prepared = side.ask("prepare", context.resolve(row.request | change))
            # the ways of an epoch make other batches of the same rows, but begin with the same loss
            check = compare(first, prepared, TOLERANCE if row.equal_tokens else tolerance[side.name], row.equal_tokens)
        samples = {name: [] for name in ["ours", *theirs]}
        others, later = {}, {}
        for number in range(context.rounds):
            answers = {name: ask(side) for name, side in dict(ours=ours, **theirs).items()}
            for name, answer in answers.items():
                samples[name].append(answer["tokens"] / answer["seconds"])
            later |= {name: compare(answers["ours"], answers[name], tolerance[name]) for name in theirs}
            speeds = ", ".join(f"{name} {samples[name][-1]:.1f}" for name in answers)
            context.tell(f"round {number + 1}: {speeds} tokens/s")
            while len(theirs) > 1:
                slowest = min(theirs, key=lambda name: samples[name][0])
                others[slowest] = dict(samples=samples[slowest], peak_bytes=theirs.pop(slowest).quit())
        ((name, side),) = theirs.items()
        memory = dict(ours=ours.quit(), theirs=side.quit())
    values = result(row, dict(ours=samples["ours"], theirs=samples[name]), memory)
    values["check"] = dict(check, after_round=later)
    return values | (dict(library=name, others=others) if others else {})


def name_of(change):
    return change.get("library", "theirs")


def ask(side):
    time.sleep(SETTLE)
    return side.ask("round")


def result(row, samples, memory):
    medians = {name: statistics.median(values) for name, values in samples.items()}
    values = dict(unit="tokens/s", **medians, ratio=medians["ours"] / medians["theirs"], goal=row.goal)
    if row.memory_goal:
        values["memory"] = dict(memory, ratio=memory["ours"] / memory["theirs"], goal=row.memory_goal)
    return values | dict(samples=samples)


def compare(ours, theirs, tolerance=TOLERANCE, equal_tokens=True):
    """Refuses to time two sides that do not compute the same losses and tokens."""
    expected = ours.get("expected", theirs["losses"])
    if expected and len(ours["losses"]) != len(expected):
        raise AssertionError(f"{len(ours['losses'])} losses of ours, {len(expected)} of theirs")
    worst = max((abs(a - b) / abs(b) for a, b in zip(ours["losses"], expected)), default=0.0)
    if not worst <= tolerance:
        raise AssertionError(f"the losses are not equal to {tolerance}: ours {ours['losses']}, theirs {expected}")
    values = dict(ours=ours["losses"], theirs=expected, worst_difference=worst) if expected else {}
    if "tokens" in theirs and isinstance(theirs["tokens"], list) and "expected" not in ours:
        if not equal_tokens:
            agreed = [a == b for mine, other in zip(ours["tokens"], theirs["tokens"]) for a, b in zip(mine, other)]
            return values | dict(agreeing_tokens=sum(agreed), of_tokens=len(agreed))
        if ours["tokens"] != theirs["tokens"]:
            raise AssertionError(f"the tokens differ: ours {ours['tokens']}, theirs {theirs['tokens']}")
        values["equal_tokens"] = sum(map(len, theirs["tokens"]))
    return values
