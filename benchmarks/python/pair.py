"""Runs a pair: two warm worker processes that take turns."""

import statistics
import time

SETTLE = 0.3  # seconds in which the other side's threads stop spinning
TOLERANCE = 1e-3


def measure(row, context):
    """The values of a result that are this row's own."""
    request = context.resolve(row.request)
    with context.java("ours") as ours, context.python("theirs") as theirs:
        check = compare(ours.ask("prepare", request), theirs.ask("prepare", request | row.theirs))
        samples = dict(ours=[], theirs=[])
        last = {}
        for number in range(context.rounds):
            for side in (ours, theirs):
                time.sleep(SETTLE)
                last[side.name] = answer = side.ask("round")
                samples[side.name].append(answer["tokens"] / answer["seconds"])
            context.tell(f"round {number + 1}: {samples['ours'][-1]:.1f} against {samples['theirs'][-1]:.1f} tokens/s")
        check |= compare(last["ours"], last["theirs"])
        memory = {side.name: side.quit() for side in (ours, theirs)}
    medians = {name: statistics.median(values) for name, values in samples.items()}
    return dict(
        unit="tokens/s",
        **medians,
        ratio=medians["ours"] / medians["theirs"],
        goal=row.goal,
        samples=samples,
        check=check,
        memory=dict(memory, ratio=memory["ours"] / memory["theirs"], goal=row.memory_goal) if row.memory_goal else None,
    )


def compare(ours, theirs):
    """Refuses to time two sides that do not compute the same."""
    pairs = list(zip(ours["losses"], theirs["losses"]))
    if theirs["losses"] and len(ours["losses"]) != len(theirs["losses"]):
        raise AssertionError(f"{len(ours['losses'])} losses of ours, {len(theirs['losses'])} of theirs")
    worst = max((abs(a - b) / abs(b) for a, b in pairs), default=0.0)
    if not worst <= TOLERANCE:
        raise AssertionError(f"the losses are not equal to {TOLERANCE}: ours {ours['losses']}, theirs {theirs['losses']}")
    return dict(ours=ours["losses"], theirs=theirs["losses"], worst_difference=worst)
