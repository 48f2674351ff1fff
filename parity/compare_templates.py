"""Renders random or given templates with transformers and with lora4j and reports where they differ.

Usage: python parity/compare_templates.py CLASSPATH [--seed N] [--count N] [--templates DIR]
CLASSPATH holds lora4j-core's classes and test classes, lora4j-formats' classes and Jackson.
With --templates, every *.jinja file below DIR is rendered with the conversations of make_template_golden.py instead.
Both sides must give the same text and spans, or both must refuse.
"""

import argparse
import json
import pathlib
import re
import subprocess
import tempfile
import warnings

import make_template_golden as golden
from random_templates import VARIABLES, Templates

def random_cases(seed, count):
    templates = Templates(seed)
    return [{"template": templates.template(), "variables": VARIABLES} for _ in range(count)]


def file_cases(folder):
    cases = []
    for path in sorted(pathlib.Path(folder).rglob("*.jinja")):
        with path.open(encoding="utf-8", newline="") as file:
            template = file.read()
        for messages in golden.CONVERSATIONS.values():
            for setting in golden.SETTINGS:
                variables = {**golden.TOKENS, **setting, "messages": messages}
                cases.append({"name": path.name, "template": template, "variables": variables})
    return cases


def same(expected, actual):
    if "error" in expected:
        return "error" in actual
    return expected["text"] == actual.get("text") and expected["generated"] == actual.get("spans")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("classpath")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--count", type=int, default=5000)
    arguments.add_argument("--templates")
    given = arguments.parse_args()
    warnings.simplefilter("ignore", SyntaxWarning)
    cases = file_cases(given.templates) if given.templates else random_cases(given.seed, given.count)
    expected = [golden.render(case["template"], json.loads(json.dumps(case["variables"]))) for case in cases]
    # an object's address in the output differs from run to run
    addressed = re.compile("generator|object|rotareneg|<Macro|<Loop|iterator", re.IGNORECASE)
    chosen = [i for i, result in enumerate(expected) if not addressed.search(result.get("text", ""))]
    cases, expected = [cases[i] for i in chosen], [expected[i] for i in chosen]
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder, "cases.json"), pathlib.Path(folder, "results.json")
        source.write_text(json.dumps(cases), encoding="utf-8")
        main_class = "dev.lora4j.template.RenderCases"
        subprocess.run(["java", "-cp", given.classpath, main_class, str(source), str(target)], check=True)
        actual = json.loads(target.read_text(encoding="utf-8"))
    differing = [row for row in zip(cases, expected, actual) if not same(*row[1:])]
    for case, wanted, found in differing[:30]:
        print("---", repr(case.get("name", case["template"])), "\n   Python:", wanted, "\n   lora4j:", found)
    errors = sum("error" in result for result in expected)
    print(f"seed {given.seed}: {len(cases)} cases, {errors} refused by Python, {len(differing)} differ")


if __name__ == "__main__":
    main()
