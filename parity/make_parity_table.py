"""Writes docs/parity.md: every kind of adapter in both directions between PEFT and lora4j, with the largest error.

usage: python parity/make_parity_table.py          after: mvn -B -ntp -q package -DskipTests

For each golden case the Java half (dev.lora4j.golden.ParityRows) reads PEFT's folder, computes, and writes a folder of its own.
PEFT -> lora4j compares what lora4j computes from PEFT's folder with what PEFT computes from it; lora4j -> PEFT what PEFT
computes from lora4j's folder with what lora4j computed. Values are logits, or hidden states of bare encoders; errors are
absolute, scaled down for values above 1.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import peft
import torch
import transformers
from peft import PeftModel
from transformers import AutoModel, AutoModelForCausalLM, AutoModelForSequenceClassification

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "lora4j-core/src/test/resources/golden"
MODULES = ("lora4j-formats", "lora4j-tensor", "lora4j-core")
REASONS = {
    "loftq": "begins from the error of rounding the base; lora4j rounds a base when it is loaded, and has no such beginning",
    "eva, mica, corda, lora_ga": "ways to begin that need data or gradients; adapters trained from eva and mica read as any"
    " other, those of corda and lora_ga only after PEFT's conversion",
    "use_qalora, layer_replication, alora, arrow, bdlora, velora, monteclora, kasa, megatron": "refused by name: variants of"
    " PEFT's own that no other tool reads",
    "trainable_token_indices, ensure_weight_tying": "refused by name",
    "Conv2d, Conv3d": "no supported family has one, and merging and combining go by the modules of a family: a target of that"
    " name matches nothing and is refused",
    "Conv1d in groups, merged": "PEFT refuses it, and has no meaning for use_dora there. lora4j merges it as a view and in place;"
    " into files and combined it is refused by name, as is use_dora",
    "pissa, olora, orthogonal beside a Conv1d": "refused by name, as in PEFT",
}


def main():
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        run_java(scratch)
        rows = json.loads((scratch / "rows.json").read_text())
        lines = [line(name, row, scratch) for name, row in rows.items()]
    target = ROOT / "docs/parity.md"
    _, metrics, written_by_hand = target.read_text().partition("\n## Metrics of text")
    target.write_text(page(lines) + metrics + written_by_hand)


def run_java(output):
    class_path = (ROOT / "lora4j-cli/target/class-path").read_text().strip()
    own = [f"{ROOT}/{module}/target/{kind}" for module in MODULES for kind in ("test-classes", "classes")]
    assertions = next(Path.home().glob(".m2/repository/org/assertj/assertj-core/*/assertj-core-*.jar"))
    options = ["-Dorg.bytedeco.openblas.load=mkl_rt", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"]
    path = ":".join([*own, class_path, str(assertions)])
    command = ["java", *options, "-cp", path, "dev.lora4j.golden.ParityRows", str(output)]
    subprocess.run(command, check=True, env=dict(os.environ, OMP_NUM_THREADS="1"))


def line(name, row, scratch):
    case, variant = name.split("/", 1)
    ours = torch.tensor(row["values"], dtype=torch.float32)
    theirs = GOLDEN / case / (variant if variant == "adapter" else f"variants/{variant}")
    there = error(ours, values(case, theirs)) if theirs.exists() else None
    back = error(ours, values(case, scratch / row["folder"]))
    return name, there, back


def values(case, adapter):
    facts = json.loads((GOLDEN / case / "golden.json").read_text())
    if "sequences" in facts:
        kind, inputs = AutoModelForCausalLM, [facts["sequences"][0]]
    else:
        kind, inputs = (AutoModelForSequenceClassification if "label" in facts["examples"][0] else AutoModel), facts["examples"]
    base = kind.from_pretrained(GOLDEN / case, dtype=torch.float32, attn_implementation="eager")
    model = PeftModel.from_pretrained(base, adapter).eval()
    with torch.no_grad():
        return torch.cat([output(model, each).flatten() for each in inputs])


def output(model, example):
    ids = torch.tensor([example["input_ids"]])
    more = dict(token_type_ids=torch.tensor([example["token_type_ids"]])) if example.get("token_type_ids") else {}
    out = model(input_ids=ids, attention_mask=torch.ones_like(ids), **more)
    return out.logits if "logits" in out else out.last_hidden_state


def error(found, expected):
    return ((found - expected).abs() / expected.abs().clamp(min=1)).max().item()


def page(lines):
    worst = max(value for _, there, back in lines for value in (there, back) if value is not None)
    table = "\n".join(f"| {name} | {cell(there)} | {cell(back)} |" for name, there, back in lines)
    reasons = "\n".join(f"| {name} | {reason} |" for name, reason in REASONS.items())
    return f"""# Parity with PEFT

Written by `python parity/make_parity_table.py` with transformers {transformers.__version__}, PEFT {peft.__version__}; float32
on the processor. A row is a tiny random model and an adapter of one kind (`lora4j-core/src/test/resources/golden`). The first
column of errors is what lora4j computes from PEFT's folder against PEFT; the second what PEFT computes from lora4j's folder
against lora4j. Logits, or hidden states of bare encoders; absolute, scaled down for values above 1. Largest: {worst:.1e}.

| adapter | PEFT → lora4j | lora4j → PEFT |
|---|---|---|
{table}

`begun …` are adapters that lora4j created: PEFT has no folder of them to compare with. Those that begin with a part of W are
written in PEFT's converted form (twice the rank), which works on the unchanged base.

## Without a row

| setting | why |
|---|---|
{reasons}
"""


def cell(value):
    return "" if value is None else f"{value:.1e}"


if __name__ == "__main__":
    main()
