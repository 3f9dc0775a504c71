"""What the settings of a result file are, against the tables."""

import dataclasses
import math

import numpy as np

from ..errors import Misuse
from ..results import identity
from .rule import LEAST_SEEDS, p_better, p_target


@dataclasses.dataclass(frozen=True)
class Candidate:
    rule: str
    spec: str
    steps: int
    values: object  # the final metric, one for each seed


@dataclasses.dataclass(frozen=True)
class Verdict:
    candidate: Candidate
    word: str  # record, reaches, misses, skeptical, reproduces, too few seeds
    why: str
    p: float


def candidates(results, table):
    """The settings of a file that follow the table's protocol on its problem."""
    last = results.curves.groupby("trial").tail(1).set_index("trial")  # last() would step over a NaN
    for group in identity.groups(results, results.plan, ()):
        text = without_seed(group.iloc[0]["spec"])
        lines = dict(line.partition(" = ")[::2] for line in text.splitlines())
        if lines.get("problem") != table.problem:
            continue
        wrong = [name for name, value in table.protocol.items() if lines.get(name) != str(value)]
        if wrong:
            raise Misuse(f"'{results.path}' has {wrong[0]} = {lines.get(wrong[0])} on this problem, where the table "
                         f"'{table.path}' asks for {table.protocol[wrong[0]]}: run its protocol")
        values = last.loc[group.index, table.metric].to_numpy(float)
        worst = -math.inf if table.larger_is_better else math.inf
        # Diverged is a miss, and so is what was not measured.
        values[(group["outcome"] != "completed").to_numpy() | ~np.isfinite(values)] = worst
        yield Candidate(results.components.name(lines["optimizer"]), text, int(group.iloc[0]["budget_steps"]), values)


def without_seed(spec):
    return "\n".join(line for line in spec.splitlines() if not line.startswith("seed = "))


def judge(candidate, table):
    n, mean = len(candidate.values), float(candidate.values.mean())
    p = p_target(mean, n, table) if math.isfinite(mean) else 1.0
    if n < LEAST_SEEDS:
        return Verdict(candidate, "too few seeds", f"{n}, and a mean needs at least {LEAST_SEEDS}", p)
    same = next((entry for entry in table.entries if entry.spec == candidate.spec), None)
    if same:
        worse = p_better(same.mean, same.seeds, mean, n, table)
        if worse < table.alpha:
            return Verdict(candidate, "skeptical", f"a failed reproduction of {same.mean:.6g}, p = {worse:.2g}", worse)
        return Verdict(candidate, "reproduces", f"the entry of {same.mean:.6g}", p)
    if p >= table.alpha:
        return Verdict(candidate, "misses", f"the target {table.target:g}, p = {p:.2g}", p)
    best = table.records[0] if table.records else None
    if best is None or candidate.steps < best.steps:
        return Verdict(candidate, "record", f"in {candidate.steps} steps"
                       + (f" instead of {best.steps}" if best else ""), p)
    better = [entry for entry in table.records if entry.steps >= candidate.steps
              and entry.rule == candidate.rule]
    if better:
        return Verdict(candidate, "skeptical", f"a better-tuned {candidate.rule} than that of {better[0].steps} steps", p)
    return Verdict(candidate, "reaches", f"the target, but the record is {best.steps} steps", p)
