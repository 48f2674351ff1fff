"""Sixteen requests at any time, Punica's popularities: ours, PEFT's mixed batches and PEFT's one adapter at a time, in turns."""

import statistics
import time
from contextlib import ExitStack
from dataclasses import asdict

import client
import many
import traffic
from pair import SETTLE
from served import Server

ADAPTERS = "adapters/many-r16"
MEMORY = "2GB"
CHECKED = 32
SIDES = ["ours", "mixed", "switch"]


def measure(context, options):
    files = context.resolve(dict(model="models/smollm2", adapters=ADAPTERS))
    cases = {name: dict(popularity=name) for name in traffic.POPULARITIES}
    cases["distinct-even"] = dict(popularity="distinct", even=True)
    samples = {name: {side: [] for side in SIDES} for name in cases}
    with ExitStack() as stack:
        server = stack.enter_context(Server(context, files["model"], files["adapters"], MEMORY))
        peft = stack.enter_context(context.python("peft"))
        folders = [f"{files['adapters']}/{many.name(number)}" for number in range(options.requests)]
        peft.ask("prepare", dict(kind="batches", model=files["model"], adapters=folders, at_once=options.at_once))
        warm_up = traffic.closed("distinct", options.requests // 2, options.seed - 1)
        client.closed(server.url, warm_up, options.at_once)
        answer(peft, warm_up[:4], True)
        answer(peft, warm_up[:2], False)
        texts = {}
        for number in range(options.rounds):
            for name, case in cases.items():
                requests = traffic.closed(count=options.requests, seed=options.seed + number, **case)
                said = turns(server, peft, requests, options.at_once, number == 0)
                for side, result in said.items():
                    samples[name][side].append({key: result[key] for key in ("seconds", "prompt_tokens", "new_tokens")})
                speeds = ", ".join(f"{side} {speed(samples[name][side][-1]):.1f}" for side in said)
                context.tell(f"round {number + 1}, {name}: {speeds} tokens/s")
                if name == "distinct" and number == 0:
                    texts = {side: said[side]["texts"] for side in ("ours", "mixed")}
        check = checked(server, traffic.closed("distinct", options.requests, options.seed), texts)
        memory = dict(ours=server.memory()["peak"], theirs=peft.quit())
    context.tell(", ".join(f"{name} {value}" for name, value in check.items()))
    return dict(
        title=f"closed loop, {options.at_once} requests at a time",
        at_once=options.at_once,
        requests=options.requests,
        cases=[case_result(name, case, samples[name], options) for name, case in cases.items()],
        one_adapter=ratio(samples["distinct"]["ours"], samples["identical"]["ours"], ">= 0.8"),
        memory=memory,
        check=check,
    )


def turns(server, peft, requests, at_once, switches):
    """Each side's seconds, texts and numbers of tokens.

    One adapter at a time is so slow that a part of the requests must do; its speed does not depend on how many there are.
    """
    said = dict(ours=ours(server, requests, at_once), mixed=answer(peft, requests, True))
    if switches:
        said["switch"] = answer(peft, requests[: len(requests) // 4], False)
    return said


def ours(server, requests, at_once):
    time.sleep(SETTLE)
    seconds, answers = client.closed(server.url, requests, at_once)
    for each in answers:
        if each.error:
            raise RuntimeError(f"the server answered with {each.status}: {each.error}")
    return dict(seconds=seconds, texts=[each.text for each in answers], **traffic.tokens(requests))


def answer(peft, requests, mixed):
    time.sleep(SETTLE)
    said = peft.ask("answer", dict(requests=[asdict(each) for each in requests], mixed=mixed))
    return dict(said, **traffic.tokens(requests))


def checked(server, requests, texts):
    """Each answer beside the same request's alone on the quiet server, and beside PEFT's."""
    alone = [each.text for each in client.alone(server.url, requests[:CHECKED])]
    return dict(
        answers=len(alone),
        differ_from_alone=sum(a != b for a, b in zip(alone, texts["ours"])),
        beside_peft=len(texts["mixed"]),
        differ_from_peft=sum(a != b for a, b in zip(texts["mixed"], texts["ours"])),
    )


def speed(sample):
    """Tokens of prompts and answers per second."""
    return (sample["prompt_tokens"] + sample["new_tokens"]) / sample["seconds"]


def new_speed(sample):
    return sample["new_tokens"] / sample["seconds"]


def median(samples, value=speed):
    return statistics.median(value(each) for each in samples)


def ratio(ours, theirs, goal=""):
    return dict(ours=median(ours), theirs=median(theirs), ratio=median(ours) / median(theirs), goal=goal)


def case_result(name, case, samples, options):
    return dict(
        name=name,
        adapters=len(traffic.shares(case["popularity"], options.requests)),
        **{side: dict(tokens=median(each), new_tokens=median(each, new_speed)) for side, each in samples.items()},
        against_mixed=ratio(samples["ours"], samples["mixed"], ">= 2"),
        against_switch=ratio(samples["ours"], samples["switch"]),
        samples=samples,
    )


def summary(result):
    ratios = ", ".join(f"{case['name']} {case['against_mixed']['ratio']:.2f}" for case in result["cases"])
    return f"{result['one_adapter']['ratio']:.2f} of one adapter's speed; against PEFT's mixed batches {ratios}"
