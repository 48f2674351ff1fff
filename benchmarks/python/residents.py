"""One step and one generation while 1, 10, 100 and 1,000 adapters are in memory: four processes of ours that take turns."""

import statistics
import time
from contextlib import ExitStack

from pair import SETTLE

SIZES = [1, 10, 100, 1000]


def measure(row, context):
    request = context.resolve(row.request)
    with ExitStack() as stack:
        sides = {size: stack.enter_context(context.java(f"{size}-residents")) for size in SIZES}
        memory = {size: side.ask("prepare", dict(request, residents=size)) for size, side in sides.items()}
        rounds = {size: [] for size in SIZES}
        for number in range(context.rounds):
            for size, side in sides.items():
                time.sleep(SETTLE)
                rounds[size].append(side.ask("round"))
            speeds = ", ".join(f"{rounds[size][-1]['step']:.1f}" for size in SIZES)
            context.tell(f"round {number + 1}: {speeds} tokens/s")
        for side in sides.values():
            side.quit()
    steps = {size: [each["step"] for each in rounds[size]] for size in SIZES}
    generation = {size: [each["generation"] for each in rounds[size]] for size in SIZES}
    few, many = (statistics.median(steps[size]) for size in (SIZES[0], SIZES[-1]))
    grown, own = memory[SIZES[-1]]["growth"], memory[SIZES[-1]]["own_bytes"]
    return dict(
        unit="tokens/s",
        ours=many,
        theirs=few,
        ratio=many / few,
        goal=row.goal,
        samples=dict(ours=steps[SIZES[-1]], theirs=steps[SIZES[0]]),
        memory=dict(ours=grown, theirs=own, ratio=grown / own, goal=row.memory_goal),
        series=[dict(residents=size, step=steps[size], generation=generation[size], **memory[size]) for size in SIZES],
    )
