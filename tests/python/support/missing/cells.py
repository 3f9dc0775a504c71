"""What the cases of every module share: the register, results with given final values, columns."""

import numpy as np
import synthetic
from ravine import load
from ravine.study.per_problem import study

INF, NAN = np.inf, np.nan
STEPS = np.array([0, 1, 2, 4])
CASES = {}


def case(row, column, words):
    def register(check):
        assert (row, column) not in CASES
        CASES[row, column] = (words, check)
        return check
    return register


def maker(folder):
    """A function of {optimizer: [final value of each seed]}, NaN and infinity as they are given.

    A value of "diverged" ends in divergence. Curves fall from 2 (an accuracy rises from 0.1), or
    stay at their final value throughout with flat=True.
    """
    def make(finals, metric="test_loss", seeds=None, flat=False, change=None, name="x.h5"):
        rows, curves = [], []
        for optimizer, values in finals.items():
            for seed, value in enumerate(values):
                diverged = value == "diverged"
                value = INF if diverged else float(value)
                start = value if flat else 0.1 if metric.endswith("accuracy") else 2.0
                path = np.array([start, start, start, value])
                columns = {"step": STEPS, "epoch": STEPS / 4, "train_seconds": STEPS * 1.0,
                           "objective": path, "train_loss": path, metric: path,
                           metric.replace("test", "validation"): path}
                row = {"id": f"{len(rows):016x}", "problem": "p", "optimizer": optimizer,
                       "learning_rate": 0.1, "message": "", "in_plan": 1,
                       "seed": seeds[optimizer][seed] if seeds else seed,
                       "outcome": "diverged" if diverged else "completed"}
                if change:
                    change(row, columns)
                rows.append(row)
                curves.append(columns)
        synthetic.write_rows(folder / name, rows, curves)
        return load(folder / name)
    return make


def entry(results, label="sgd"):
    problem = study(results)[0]
    return problem, problem.entry(label)


LACKS = "missing for one trial or seed"
COLUMNS = ("NaN", "infinite, diverged", "zero or negative", LACKS, "one seed", "all diverged",
           "all equal")
