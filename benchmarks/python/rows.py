"""The rows of the table: what runs on both sides, what must be equal, and the goal."""

from dataclasses import dataclass, field
from types import ModuleType

import computes
import full
import pair
import residents
import start


@dataclass
class Row:
    """A row.

    request: what the workers are told; names of fixtures are replaced by their paths. ours, theirs: what each is told
    besides, for theirs a list of the ways they have. equal_tokens: whether what is generated must be the same. The ratio is
    ours ÷ theirs, of tokens/s or of seconds.
    """

    title: str
    against: str
    request: dict
    goal: str
    memory_goal: str = ""
    checkpoint_goal: str = ""
    ours: dict = field(default_factory=dict)
    theirs: list = field(default_factory=lambda: [{}])
    against_ours: bool = False
    equal_tokens: bool = True
    measured_by: ModuleType = pair
    note: str = ""


def step(**changes):
    usual = dict(
        model="models/smollm2",
        adapters=["adapters/qv-r8-0"],
        rows=["rows/4x128.jsonl"],
        learning_rate=1e-4,
        steps=4,
    )
    return dict(kind="step") | usual | changes


def epoch(name, **changes):
    usual = dict(model="models/smollm2", adapters=["adapters/qv-r8-0"], learning_rate=2e-4, batch=8)
    return dict(kind="epoch", rows=[f"rows/{name}.jsonl"], held=f"rows/{name}-held.jsonl") | usual | changes


def generation(streams, adapters=0, **changes):
    usual = dict(
        model="models/smollm2",
        adapters=[f"adapters/qv-r8-{i}" for i in range(adapters)],
        prompts=f"rows/prompts-{streams}.jsonl",
        new_tokens=64,
        times=2 if streams == 1 else 1,
    )
    return dict(kind="generation") | usual | changes


def rounded(streams, goal, adapters=0):
    """Generation of ours with an int8 base, of theirs in float32."""
    return Row(
        "generation with an int8 base: "
        + (f"{streams} streams with {adapters} adapters" if adapters else "1 stream" if streams == 1 else f"{streams} streams"),
        "PEFT's adapter_names in float32" if adapters else "transformers in float32",
        generation(streams, adapters, held="rows/4x128.jsonl"),
        goal=goal,
        ours=dict(weights="int8"),
        theirs=[dict(tolerance=ROUNDED)],
        equal_tokens=False,
        note="The base is rounded on our side only, so tokens may differ after some steps: the loss of held rows, with the "
        "first adapter where there are some, must agree to 1 %.",
    )


def int8_training(name, title, goal="", **changes):
    """A whole training with int8 products against the same one with float32: what it costs in quality."""
    usual = dict(model="models/smollm2", task="causal", batch=8, learning_rate=2e-4, score="loss")
    held = dict(rows=f"rows/{name}-texts.jsonl", held=f"rows/{name}-texts-held.jsonl")
    return Row(
        title,
        "the same in float32",
        usual | held | changes,
        goal=goal,
        measured_by=computes,
    )


ROUNDED = 0.01  # what rounding a base to int8 may move the loss of held rows

# packing makes other batches of the same rows, and so a slightly other loss at the end
TRAINERS = [dict(library="trainer"), dict(library="trl", tolerance=0.05)]
SAME_ROWS = "Same rows in the same order, steps of the same number of rows; the loss after it is that of rows held out."
PAPER = (
    "The goals are the LoRA paper's figures for GPT-3 with 175 B values: 43.1 against 32.5 tokens/s, a third of the memory, a "
    "checkpoint 10,000 times smaller. The smaller a model, the larger the share that a rank is of it. Part of the ratio is our own: "
    "AdamW goes over all values in several passes, where torch has a fused one, and the norm of all gradients is always told."
)

ROWS = {
    "step": Row(
        "LoRA step: r 8 on q and v, 4×128 tokens, every token a label",
        "PEFT",
        step(),
        goal=">= 1.3",
        memory_goal="<= 0.45",
    ),
    "step-compiled": Row(
        "the same step",
        "PEFT under torch.compile",
        step(),
        goal=">= 1.15",
        memory_goal="<= 0.45",
        theirs=[dict(compile=True)],
        note="Compilation is done before the first round and is not in the time.",
    ),
    "floor": Row(
        "the same step",
        "its matrix products and flash attention alone",
        step(),
        goal=">= 0.92",
        theirs=[dict(kind="floor")],
        note="The floor does only the products that a step needs, with torch's BLAS, into buffers that exist.",
    ),
    "step-all-linears": Row(
        "LoRA step: r 16 on all seven linears, 4×128 tokens",
        "PEFT",
        step(adapters=["adapters/linears-r16"]),
        goal=">= 1.3",
        memory_goal="<= 0.45",
    ),
    "step-long": Row(
        "LoRA step: r 8 on q and v, 2×512 tokens",
        "PEFT",
        step(rows=["rows/2x512.jsonl"], steps=2),
        goal=">= 1.3",
        memory_goal="<= 0.45",
    ),
    "step-recompute": Row(
        "LoRA step: r 8 on q and v, 4×128 tokens, blocks recomputed in the backward pass",
        "PEFT with gradient checkpointing",
        step(recompute=True),
        goal=">= 1.3",
        memory_goal="<= 0.45",
    ),
    "wikisql": Row(
        "an epoch of 32 rows of wikisql, batches of 8, every token a label",
        "the faster of Trainer + PEFT and TRL with packing",
        epoch("wikisql"),
        goal=">= 1.8",
        memory_goal="<= 0.3",
        theirs=TRAINERS,
        note=SAME_ROWS,
    ),
    "e2e": Row(
        "an epoch of 48 rows of E2E, batches of 8, labels on the completion",
        "the faster of Trainer + PEFT and TRL with packing",
        epoch("e2e"),
        goal=">= 2.5",
        memory_goal="<= 0.3",
        theirs=TRAINERS,
        note=SAME_ROWS,
    ),
    "banking77": Row(
        "an epoch of 512 rows of Banking77 with MiniLM, batches of 32",
        "Trainer + PEFT with dynamic padding",
        epoch("banking77", model="models/minilm", adapters=["adapters/banking77"], batch=32, task="SEQ_CLS"),
        goal=">= 2.5",
        memory_goal="<= 0.3",
        theirs=TRAINERS[:1],
        note=SAME_ROWS + " Dropout of the base is off on both sides.",
    ),
    "start": Row(
        "from the command to the end of the first step, 4 rows, warm caches",
        "the Python script with Trainer + PEFT",
        dict(model="models/smollm2", rows="rows/texts.jsonl", batch=4),
        goal="<= 0.5",
        measured_by=start,
    ),
    "four-adapters": Row(
        "4 adapters at once on one base, 8 rows of 18 to 95 tokens each a step",
        "PEFT, one after the other",
        step(
            adapters=[f"adapters/qv-r8-{i}" for i in range(4)],
            rows=[f"rows/uneven-{i}.jsonl" for i in range(4)],
            steps=1,
        ),
        goal=">= 1.5",
        memory_goal="<= 0.4",
        note="PEFT has the four adapters in one process with one base, and trains them in turns. It pads each batch to 95 "
        "tokens a row, so half of what it computes is padding: the ratio is of real tokens and has this in it.",
    ),
    "generate-1": Row(
        "generation: 1 stream, 32 tokens of prompt, 64 new ones, greedy",
        "transformers",
        generation(1),
        goal=">= 1.5",
    ),
    "generate-8": Row(
        "generation: 8 streams",
        "transformers",
        generation(8),
        ours=dict(weights="packed"),
        goal=">= 1.5",
    ),
    "generate-8-adapters": Row(
        "generation: 8 streams with 8 adapters",
        "PEFT's adapter_names",
        generation(8, adapters=8),
        ours=dict(weights="packed"),
        goal=">= 2",
    ),
    "generate-1-quantised": rounded(1, goal=">= 4"),
    "generate-8-quantised": rounded(8, goal=">= 3"),
    "generate-8-adapters-quantised": rounded(8, goal=">= 4", adapters=8),
    "step-int8": Row(
        "the LoRA step of `step` with int8 products (`--compute int8`)",
        "PEFT in float32",
        step(),
        goal=">= 2",
        memory_goal="<= 0.45",
        ours=dict(compute="int8"),
        equal_tokens=False,
        theirs=[dict(tolerance=ROUNDED)],
    ),
    "wikisql-int8": Row(
        "the epoch of `wikisql` with int8 products",
        "the faster of Trainer + PEFT and TRL with packing, in float32",
        epoch("wikisql"),
        goal=">= 4",
        memory_goal="<= 0.3",
        ours=dict(compute="int8"),
        equal_tokens=False,
        theirs=[dict(way, tolerance=max(ROUNDED, way.get("tolerance", 0))) for way in TRAINERS],
        note=SAME_ROWS + " With int8 products losses must agree to 1 %.",
    ),
    "loss-wikisql-int8": int8_training("wikisql", "loss of held rows after an epoch of 300 rows of wikisql, int8 products", "<= 1.01"),
    "loss-e2e-int8": int8_training("e2e", "the same, 300 rows of E2E", "<= 1.01"),
    "loss-languagetool-int8": int8_training("languagetool", "the same, 300 corrections of LanguageTool", "<= 1.01"),
    "accuracy-banking77-int8": int8_training(
        "banking77",
        "accuracy on Banking77 with MiniLM after an epoch of its 10,003 rows, int8 products",
        model="models/minilm",
        task="classification",
        batch=32,
        learning_rate=2e-3,
        score="accuracy",
    ),
    "full": Row(
        "LoRA step of SmolLM2: r 8 on q and v, 4×128 tokens",
        "lora4j's full fine-tuning",
        step(adapters=[], steps=2),
        goal=">= 1.33",
        memory_goal="<= 0.33",
        checkpoint_goal="<= 0.0001",
        ours=dict(rank=8, targets=["q_proj", "v_proj"]),
        theirs=[dict(full=True)],
        measured_by=full,
        note=PAPER,
    ),
    "full-gpt2": Row(
        "LoRA step of GPT-2's shape: r 4 on c_attn, 4×128 tokens",
        "lora4j's full fine-tuning",
        step(model="models/gpt2-shape", adapters=[], steps=2),
        goal=">= 1.33",
        memory_goal="<= 0.33",
        checkpoint_goal="<= 0.0001",
        ours=dict(rank=4, targets=["c_attn"]),
        theirs=[dict(full=True)],
        measured_by=full,
        note="As `full`. Random weights: 12 layers of width 768, 12 heads, 50,257 tokens, output layer tied.",
    ),
    "merged": Row(
        "generation with an adapter merged in, 1 stream",
        "lora4j with the base itself",
        generation(1, times=3),
        goal="1.00 ± 0.03",
        ours=dict(adapters=["adapters/qv-r8-0"], merged=True, held="rows/4x128.jsonl"),
        against_ours=True,
        note="The merged model's loss equals that of the base with the adapter.",
    ),
    "residents": Row(
        "a step of one adapter with 1,000 in memory",
        "lora4j with 1 in memory",
        dict(kind="residents", model="models/smollm2", rows=["rows/4x128.jsonl"], steps=2),
        goal="1.00 ± 0.03",
        memory_goal="<= 1.1",
        measured_by=residents,
        note="Memory is what the adapters take against their own bytes.",
    ),
}
