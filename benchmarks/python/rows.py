"""The rows of the table: what runs on both sides, what must be equal, and the goal."""

from dataclasses import dataclass, field


@dataclass
class Pair:
    """Ours against theirs, each in a process of its own, in turns.

    request: what both workers are told; names of fixtures are replaced by their paths. theirs: what the other one is told
    besides. The ratio is ours ÷ theirs of tokens/s.
    """

    title: str
    against: str
    request: dict
    goal: str
    memory_goal: str = ""
    theirs: dict = field(default_factory=dict)
    note: str = ""


def step(**changes):
    request = dict(
        kind="step",
        model="models/smollm2",
        adapters=["adapters/qv-r8-0"],
        rows=["rows/4x128.jsonl"],
        learning_rate=1e-4,
        steps=4,
    )
    return request | changes


ROWS = {
    "step": Pair(
        "LoRA step: r 8 on q and v, 4×128 tokens, every token a label",
        "PEFT",
        step(),
        goal=">= 1.3",
        memory_goal="<= 0.45",
    ),
    "step-compiled": Pair(
        "the same step",
        "PEFT under torch.compile",
        step(),
        goal=">= 1.15",
        memory_goal="<= 0.45",
        theirs=dict(compile=True),
        note="Compilation is done before the first round and is not in the time.",
    ),
    "floor": Pair(
        "the same step",
        "its matrix products and flash attention alone",
        step(),
        goal=">= 0.92",
        theirs=dict(kind="floor"),
        note="The floor does nothing but the products that a step needs, with torch's BLAS, in buffers that exist.",
    ),
    "step-all-linears": Pair(
        "LoRA step: r 16 on all seven linears, 4×128 tokens",
        "PEFT",
        step(adapters=["adapters/linears-r16"]),
        goal=">= 1.3",
        memory_goal="<= 0.45",
    ),
    "step-long": Pair(
        "LoRA step: r 8 on q and v, 2×512 tokens",
        "PEFT",
        step(rows=["rows/2x512.jsonl"], steps=2),
        goal=">= 1.3",
        memory_goal="<= 0.45",
    ),
    "step-recompute": Pair(
        "LoRA step: r 8 on q and v, 4×128 tokens, blocks recomputed in the backward pass",
        "PEFT with gradient checkpointing",
        step(recompute=True),
        goal=">= 1.3",
        memory_goal="<= 0.45",
    ),
}
