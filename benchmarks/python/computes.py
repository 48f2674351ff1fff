"""Trains the same rows with int8 and with float32 products, seed after seed, and compares scores of held rows."""

import json
import shutil
import statistics
import subprocess

COMPUTES = dict(ours="int8", theirs="f32")
POINTS = 0.005  # what an accuracy may lose


def measure(row, context):
    request = context.resolve(row.request)
    score = request["score"]
    samples = {side: [] for side in COMPUTES}
    training, served = {side: [] for side in COMPUTES}, []
    for number in range(context.rounds):
        for side, compute in COMPUTES.items():
            adapter = context.scratch(compute)
            trained = train(request, adapter, compute, context.seed + number, context)
            training[side].append(trained["tokens_per_second"])
            samples[side].append(evaluate(request, adapter, compute, context)[score])
            if compute == "int8":  # as it is served by a base in float32
                served.append(evaluate(request, adapter, "f32", context)[score])
        context.tell(
            f"seed {context.seed + number}: {score} {samples['ours'][-1]:.4f} (by a float32 base {served[-1]:.4f}) "
            f"against {samples['theirs'][-1]:.4f}, {training['ours'][-1]:.0f} against {training['theirs'][-1]:.0f} tokens/s"
        )
    medians = {side: statistics.median(values) for side, values in samples.items()}
    ratio = statistics.median(ours / theirs for ours, theirs in zip(samples["ours"], samples["theirs"]))
    goal = row.goal or f">= {1 - POINTS / medians['theirs']:.4f}"
    return dict(
        unit=score,
        **medians,
        ratio=ratio,
        goal=goal,
        samples=samples,
        served_by_float32=served,
        training_tokens_per_second=training,
    )


def train(request, adapter, compute, seed, context):
    shutil.rmtree(adapter, ignore_errors=True)
    return answer(
        ["train", "--data", request["rows"], "--output", adapter, "--seed", seed, "--epochs", 1]
        + ["--batch-size", request["batch"], "--learning-rate", request["learning_rate"]]
        + common(request, compute),
        context,
    )


def evaluate(request, adapter, compute, context):
    return answer(["evaluate", "--data", request["held"], "--adapter", adapter] + common(request, compute), context)


def common(request, compute):
    return ["--model", request["model"], "--task", request["task"], "--compute", compute, "--json"]


def answer(arguments, context):
    with open(context.log("commands"), "w", encoding="utf-8") as log:
        command = [context.launcher, *map(str, arguments)]
        done = subprocess.run(command, env=context.environment(), stdout=subprocess.PIPE, stderr=log, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: see {log.name}")
    return json.loads(done.stdout)
