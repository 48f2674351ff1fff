#!/usr/bin/env python3
"""Writes the table of docs/performance.md, between its markers, from benchmarks/results/*.json.

usage: benchmarks/render.py [--check]     with --check nothing is written: it fails if the table is not up to date
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "performance.md"
BEGIN, END = "<!-- written by benchmarks/render.py -->", "<!-- end of what benchmarks/render.py writes -->"

sys.path.insert(0, str(HERE / "python"))
from rows import ROWS  # noqa: E402


def main():
    files = [HERE / "results" / f"{name}.json" for name in ROWS]
    results = [json.loads(file.read_text(encoding="utf-8")) for file in files if file.exists()]
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    written = before + BEGIN + "\n\n" + "\n".join(lines(results)) + "\n\n" + END + rest.split(END)[1]
    if "--check" not in sys.argv:
        PAGE.write_text(written, encoding="utf-8")
    elif written != page:
        sys.exit("docs/performance.md does not show the results; run benchmarks/render.py")


def lines(results):
    yield "| row | | against | ours | theirs | ratio | goal | memory, GB | ratio | goal |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for result in results:
        memory = result.get("memory") or {}
        cells = [f"`{result['row']}`", result["title"], against(result)]
        cells += [f"{number(result[side])} {result['unit']}" for side in ("ours", "theirs")]
        cells += [ratio(result), result["goal"]]
        if memory:
            cells += [f"{memory['ours'] / 1e9:.2f} / {memory['theirs'] / 1e9:.2f}", ratio(memory), memory["goal"]]
        else:
            cells += ["", "", ""]
        yield "| " + " | ".join(cells).replace(">=", "≥").replace("<=", "≤") + " |"
    yield ""
    yield from notes(results)
    yield from series(results)
    yield from machines(results)
    yield from profiles(results)


def against(result):
    return result["against"] + (f" (here: {result['library']})" if "library" in result else "")


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def ratio(values):
    """Bold where the goal is reached."""
    text = f"{values['ratio']:.2f}"
    return f"**{text}**" if is_reached(values["ratio"], values["goal"]) else text


def is_reached(value, goal):
    if "±" in goal:
        middle, margin = map(float, goal.split("±"))
        return abs(value - middle) <= margin
    return value >= float(goal[2:]) if goal.startswith(">=") else value <= float(goal[2:])


def notes(results):
    for result in results:
        if result["note"]:
            yield f"- `{result['row']}`: {result['note']}"
        written = result.get("checkpoint")
        if written:
            times = written["theirs"] / written["ours"]
            yield (
                f"- `{result['row']}`: what is written has {written['ours']:,} against {written['theirs']:,} bytes,"
                f" {times:,.0f} times smaller."
            )
    yield ""


def series(results):
    for result in results:
        if "series" in result:
            yield "| adapters in memory | step, tokens/s | generation, tokens/s | memory grew by, MB | their own bytes, MB |"
            yield "|---|---|---|---|---|"
            for each in result["series"]:
                speeds = [f"{middle(each[key]):.1f}" for key in ("step", "generation")]
                bytes_ = [f"{each[key] / 1e6:,.1f}" for key in ("growth", "own_bytes")]
                yield "| " + " | ".join([f"{each['residents']:,}", *speeds, *bytes_]) + " |"
            yield ""


def middle(values):
    return sorted(values)[len(values) // 2]


def machines(results):
    """Once per machine and commit, with the rows measured there."""
    groups = {}
    for result in results:
        versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
        text = (
            f"commit {result['commit']}, {result['processor']}, {result['threads']} threads, "
            f"JDK {result['jdk']}, {versions}, seed {result['seed']}, median of {result['rounds']} rounds"
        )
        groups.setdefault(text, []).append(result["row"])
    for text, rows in groups.items():
        yield f"{', '.join(rows) if len(groups) > 1 else 'All rows'}: {text}."


def profiles(results):
    """Where our time goes, in the rows whose goal is not reached."""
    missed = [result for result in results if "profile" in result and not is_reached(result["ratio"], result["goal"])]
    if missed:
        yield ""
        yield "Where our time goes in the rows that miss their goal, by the operation's class (`benchmarks/run --profile`):"
        yield ""
    for result in missed:
        shares = ", ".join(f"{name} {share:.0%}" for name, share in result["profile"]["shares"].items())
        yield f"- `{result['row']}` ({result['profile']['commit']}): {shares}."


if __name__ == "__main__":
    main()
