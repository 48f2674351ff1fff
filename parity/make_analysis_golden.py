"""Writes golden/analysis.json: section 7 of the LoRA paper on two random pairs, by NumPy from the dense matrices."""

import json
import pathlib

import numpy as np

TARGET = pathlib.Path(__file__).parent.parent / "lora4j-core/src/test/resources/golden/analysis.json"
INPUTS, OUTPUTS = 12, 10


def pair(dice, rank, scaling):
    """Values of few digits, so that float32 and float64 have them alike up to rounding."""
    a = dice.integers(-8, 9, (rank, INPUTS)) / 8
    b = dice.integers(-8, 9, (OUTPUTS, rank)) / 8
    return {"a": a, "b": b, "scaling": scaling, "change": scaling * b @ a}


def phi(u, v):
    """Equation 4: both [n, count] with orthonormal columns."""
    return [
        [
            float(np.linalg.norm(u[:, :i].T @ v[:, :j], "fro") ** 2 / min(i, j))
            for j in range(1, v.shape[1] + 1)
        ]
        for i in range(1, u.shape[1] + 1)
    ]


def right(matrix, rank):
    return np.linalg.svd(matrix)[2][:rank].T


def left(matrix, rank):
    return np.linalg.svd(matrix)[0][:, :rank]


def main():
    dice = np.random.default_rng(7)
    first, second = pair(dice, 3, 2.0), pair(dice, 5, 0.5)
    frozen = dice.integers(-8, 9, (OUTPUTS, INPUTS)) / 8
    ranks = first["a"].shape[0], second["a"].shape[0]
    values = np.linalg.svd(first["change"], compute_uv=False)[: ranks[0]]
    shares = values / values.sum()
    u, v = left(first["change"], ranks[0]), right(first["change"], ranks[0])
    golden = {
        "pairs": [
            {"a": p["a"].tolist(), "b": p["b"].tolist(), "scaling": p["scaling"]} for p in (first, second)
        ],
        "frozen": frozen.tolist(),
        "phi_a": phi(right(first["a"], ranks[0]), right(second["a"], ranks[1])),
        "phi_b": phi(left(first["b"], ranks[0]), left(second["b"], ranks[1])),
        "phi_change": phi(right(first["change"], ranks[0]), right(second["change"], ranks[1])),
        "singular_values": values.tolist(),
        "norm": float(np.linalg.norm(first["change"])),
        "effective_rank": float(np.exp(-(shares * np.log(shares)).sum())),
        "norm_of_weight": float(np.linalg.norm(frozen)),
        "weight_on_change": float(np.linalg.norm(u.T @ frozen @ v)),
        "weight_on_its_own": float(
            np.linalg.norm(left(frozen, ranks[0]).T @ frozen @ right(frozen, ranks[0]))
        ),
    }
    TARGET.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
