#!/usr/bin/env python3
"""Writes the tables of docs/performance.md and docs/serving.md, between their markers, from benchmarks/results/*.json.

usage: benchmarks/render.py [--check]     with --check nothing is written: it fails if a table is not up to date
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent / "docs"
BEGIN, END = "<!-- written by benchmarks/render.py -->", "<!-- end of what benchmarks/render.py writes -->"

sys.path.insert(0, str(HERE / "python"))
from rows import ROWS  # noqa: E402

LOADS = ["load-closed", "load-open"]
SCORES = ["loss", "accuracy"]  # units of rows that compare what was learned, not how fast
CLOSED_SIDES = ["ours", "mixed", "switch"]


def main():
    pages = {"performance.md": lines(read(ROWS)), "serving.md": load_lines(*(read([name]) for name in LOADS))}
    stale = [page for page, tables in pages.items() if not is_written(DOCS / page, tables)]
    if stale:
        sys.exit(f"docs/{stale[0]} does not show the results; run benchmarks/render.py")


def read(names):
    files = [HERE / "results" / f"{name}.json" for name in names]
    return [json.loads(file.read_text(encoding="utf-8")) for file in files if file.exists()]


def is_written(file, tables):
    """Whether the page shows the tables, after they have been written unless that is only checked."""
    page = file.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    written = before + BEGIN + "\n\n" + "\n".join(tables) + "\n\n" + END + rest.split(END)[1]
    if "--check" not in sys.argv:
        file.write_text(written, encoding="utf-8")
        return True
    return written == page


def lines(results):
    yield "| row | | against | ours | theirs | ratio | goal | memory, GB | ratio | goal |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for result in results:
        memory = result.get("memory") or {}
        cells = [f"`{result['row']}`", result["title"], against(result)]
        cells += [f"{number(result[side], result['unit'])} {result['unit']}" for side in ("ours", "theirs")]
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


def number(value, unit=""):
    if unit in SCORES:
        return f"{value:.4f}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def ratio(values):
    """Bold where the goal is reached."""
    digits = 4 if values.get("unit") in SCORES else 2
    text = f"{values['ratio']:.{digits}f}"
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
        if "served_by_float32" in result:
            own, served = (by_seed(result, scores) for scores in (result["samples"]["ours"], result["served_by_float32"]))
            yield f"- `{result['row']}`: by seed {own}; the same adapters over a float32 base {served}."
    yield ""


def by_seed(result, scores):
    """Each as a ratio to that of the training in float32 with its seed."""
    return ", ".join(f"{score / other:.4f}" for score, other in zip(scores, result["samples"]["theirs"]))


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
        rounds = f"median of {result['rounds']} rounds" if result["rounds"] > 1 else "one round"
        versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
        text = (
            f"commit {result['commit']}, {result['processor']}, {result['threads']} threads, "
            f"JDK {result['jdk']}, {versions}, seed {result['seed']}, {rounds}"
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


def load_lines(closed, open_):
    for result in closed:
        yield from closed_lines(result)
    for result in open_:
        yield from open_lines(result)
    yield from machines(closed + open_)


def closed_lines(result):
    yield f"{result['at_once']} requests at any time, {result['requests']} a round; tokens/s of prompts and answers (answers alone):"
    yield ""
    yield "| requests | adapters | ours | PEFT's mixed batches | ratio | goal | PEFT, one adapter at a time | ratio |"
    yield "|---|---|---|---|---|---|---|---|"
    for case in result["cases"]:
        speeds = {side: f"{number(case[side]['tokens'])} ({number(case[side]['new_tokens'])})" for side in CLOSED_SIDES}
        cells = [case["name"], str(case["adapters"]), speeds["ours"], speeds["mixed"]]
        cells += [ratio(case["against_mixed"]), case["against_mixed"]["goal"].replace(">=", "≥")]
        yield "| " + " | ".join([*cells, speeds["switch"], f"{case['against_switch']['ratio']:.2f}"]) + " |"
    one, check, memory = result["one_adapter"], result["check"], result["memory"]
    yield ""
    yield (
        f"- {result['at_once']} different adapters at a time (distinct) against one adapter (identical), both ours: "
        f"{ratio(one)}, goal {one['goal'].replace('>=', '≥')}."
    )
    yield f"- Of {check['answers']} answers, {check['differ_from_alone']} differ from those of the same requests alone."
    yield f"- Of {check['beside_peft']} answers, {check['differ_from_peft']} differ from PEFT's."
    yield f"- Peak of memory: {memory['ours'] / 1e9:.2f} GB, PEFT's {memory['theirs'] / 1e9:.2f} GB."
    yield ""


def open_lines(result):
    memory, check = result["memory"], result["check"]
    loaded = memory["adapters"]
    yield (
        f"Requests that arrive by themselves, {loaded['number']:,} adapters in memory. Capacity, by a closed loop of different"
        f" adapters: {result['requests_per_second']:.2f} requests/s. First token when quiet: {result['unloaded_first_token']:.3f} s;"
        f" in time is within {result['patience']} times that."
    )
    yield ""
    yield (
        "| of so many adapters | alpha | of capacity | requests | requests/s, with drain | first token, s: p50, p95, p99 | then, s: p50, p99 |"
        " in time | errors, 429 | hits, misses |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for point in result["points"]:
        first, later = point["first_token"], point["inter_token"]
        cells = [f"{point['adapters']:,}", f"{point['alpha']:g}", f"{point['share']:.0%}", str(point["requests"])]
        cells += [f"{point['requests_per_second']:.2f}"]
        cells += [", ".join(f"{first[each]:.2f}" for each in ("p50", "p95", "p99"))]
        cells += [", ".join(f"{later[each]:.3f}" for each in ("p50", "p99")), f"{point['attainment']:.0%}"]
        cells += [f"{point['errors']}, {point['refused']}"]
        cells += [f"{point['adapter_hits']:,.0f}, {point['adapter_misses']:,.0f}"]
        yield "| " + " | ".join(cells) + " |"
    yield ""
    yield (
        f"- The adapters take {loaded['bytes'] / 1e9:.2f} GB; the process had {memory['at_start'] / 1e9:.2f} GB resident with all of"
        f" them, {memory['peak'] / 1e9:.2f} GB at most under load."
    )
    yield f"- Of {check['answers']} answers, {check['differ_from_alone']} differ from those of the same requests alone."
    yield ""


if __name__ == "__main__":
    main()
