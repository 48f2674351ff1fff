"""Times a command from its start to the end of its first step, ours and theirs in turns."""

import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from pair import compare


def measure(row, context):
    request = context.resolve(row.request)
    samples = dict(ours=[], theirs=[])
    for number in range(context.rounds + 1):  # the first fills the caches of files and is not counted
        ours = first_step(ours_command(request, context), context, "ours", from_log)
        theirs = first_step(theirs_command(request, context), context, "theirs", from_output)
        check = compare(ours, theirs)
        context.tell(f"round {number}: {ours['seconds']:.2f} against {theirs['seconds']:.2f} s")
        if number:
            samples["ours"].append(ours["seconds"])
            samples["theirs"].append(theirs["seconds"])
    medians = {name: statistics.median(values) for name, values in samples.items()}
    ratio = medians["ours"] / medians["theirs"]
    return dict(unit="s", **medians, ratio=ratio, goal=row.goal, samples=samples, check=check)


def ours_command(request, context):
    options = ["--model", request["model"], "--data", request["rows"], "--output", context.scratch("ours")]
    return [context.launcher, "train", *options, "--max-steps", "1", "--batch-size", str(request["batch"])]


def theirs_command(request, context):
    script = Path(__file__).with_name("first_step.py")
    return [sys.executable, str(script), request["model"], request["rows"], context.scratch("theirs")]


def first_step(command, context, side, poll):
    shutil.rmtree(context.scratch(side), ignore_errors=True)
    with open(context.log(side), "w", encoding="utf-8") as log, open(context.log(side + "-out"), "w") as output:
        begin = time.perf_counter()
        process = subprocess.Popen(command, env=context.environment(), stdout=output, stderr=log)
        try:
            record = None
            while record is None and process.poll() is None:
                time.sleep(0.002)
                record = poll(context, side)
            seconds = time.perf_counter() - begin
            process.wait(timeout=300)
        finally:
            process.kill()
            process.wait()
    record = record or poll(context, side)
    if record is None:
        raise RuntimeError(f"{side} ended without a step:\n{Path(context.log(side)).read_text()[-2000:]}")
    return dict(seconds=seconds, losses=[record["loss"]])


def from_log(context, side):
    return first_line(Path(context.scratch(side)) / "training-log.jsonl")


def from_output(context, side):
    return first_line(context.log(side + "-out"))


def first_line(file):
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    lines = [line for line in text.splitlines(keepends=True) if line.startswith("{") and line.endswith("}\n")]
    return json.loads(lines[0]) if lines else None
