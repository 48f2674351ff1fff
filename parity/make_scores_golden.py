"""Writes golden/task-scores.json: GLUE's scores of random answers, by scikit-learn and SciPy."""

import json
import pathlib
import random

from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

TARGET = pathlib.Path(__file__).parent.parent / "lora4j-core/src/test/resources/golden/task-scores.json"
CLASSES = {"cola": 2, "sst-2": 2, "mrpc": 2, "qqp": 2, "mnli": 3, "qnli": 2, "rte": 2, "wnli": 2}


def classes(draw, count, rows):
    """Some of the predictions are right on purpose, so that scores are not all near chance."""
    expected = [draw.randrange(count) for _ in range(rows)]
    predicted = [e if draw.random() < 0.6 else draw.randrange(count) for e in expected]
    return expected, predicted


def scores(task, expected, predicted):
    if task == "cola":
        return {"matthews": matthews_corrcoef(expected, predicted), "accuracy": accuracy_score(expected, predicted)}
    if task in ("mrpc", "qqp"):
        return {"accuracy": accuracy_score(expected, predicted), "f1": f1_score(expected, predicted)}
    return {"accuracy": accuracy_score(expected, predicted)}


def main():
    draw = random.Random(7)
    cases = []
    for task, count in CLASSES.items():
        for rows in (12, 40):
            expected, predicted = classes(draw, count, rows)
            found = {name: float(value) for name, value in scores(task, expected, predicted).items()}
            cases.append({"task": task, "expected": expected, "predicted": predicted, "scores": found})
    for rows in (9, 40):
        expected = [draw.randrange(0, 21) / 4 for _ in range(rows)]  # STS-B's are means of few judges: many ties
        predicted = [round(e + draw.gauss(0, 1.5), 1) for e in expected]
        assert len(set(expected)) < rows and len(set(predicted)) < rows
        found = {
            "pearson": float(pearsonr(expected, predicted).statistic),
            "spearman": float(spearmanr(expected, predicted).statistic),
        }
        cases.append({"task": "sts-b", "expected": expected, "predicted": predicted, "scores": found})
    TARGET.write_text('{"cases": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]}\n")


if __name__ == "__main__":
    main()
