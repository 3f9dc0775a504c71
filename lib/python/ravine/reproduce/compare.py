"""Published values beside ours."""

import dataclasses
import re

import numpy as np

from ..claims.claim import claims_of
from ..claims.exact import check_rows, holds
from ..claims.judge import bound_text, describe, judge
from ..errors import Misuse
from ..results import identity
from ..results.components import say
from ..study import selection, statistics

WORDS = {"supported": "reproduced", "not supported": "NOT REPRODUCED"}


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the comparison. spread: standard deviation over seeds, NaN without.

    verdict: "reproduced", "NOT REPRODUCED", or what a claim ends with that is not decided.
    """

    what: str
    published: str
    ours: float
    spread: float
    seeds: int
    verdict: str

    @property
    def reproduced(self):
        return self.verdict == "reproduced"


def compare(results, figure):
    """The Rows of a figure: published values first, then claims, then exact checks."""
    rows = [_row(results, value) for value in figure.values] + _claims(results, figure)
    for check in check_rows(results):
        if any(check["id"].startswith(prefix) for prefix in figure.checks):
            rows.append(Row(f"{check['id']}: {check['quantity']}", f"{check['predicted']:.6g}",
                            check["actual"], np.nan, 1, _word(
                                holds(check["predicted"], check["actual"], check["tolerance"]))))
    return rows


def _claims(results, figure):
    """Claims say what a paper shows without numbers: orders, ratios, trends."""
    own = [claim for claim in claims_of(results.attributes.get("suite", ""))
           if any(re.fullmatch(f"{name}[a-z]?", claim.id) for name in figure.claims)]
    judged = {one.id: one for one in judge([results], lambda suite: own) if not one.exact}
    return [Row(f"{claim.id}: {describe(claim)}", bound_text(claim), judged[claim.id].effect,
                np.nan, judged[claim.id].seeds,
                WORDS.get(judged[claim.id].verdict, judged[claim.id].verdict)) for claim in own]


def _word(good):
    return WORDS["supported" if good else "not supported"]


def _row(results, value):
    ours, names = _by_seed(results, value.select, value), [_name(value.select)]
    if value.against:
        others = _by_seed(results, value.against, value)
        names.append(_name(value.against))
        seeds = sorted(set(ours) & set(others))
        combine = (lambda a, b: a / b) if value.how == "ratio" else (lambda a, b: a - b)
        ours = {seed: combine(ours[seed], others[seed]) for seed in seeds}
    numbers = np.array(list(ours.values()))
    mean = float(numbers.mean())
    spread = float(numbers.std(ddof=1)) if len(numbers) > 1 and np.isfinite(mean) else np.nan
    between = {"ratio": " over ", "difference": " minus "}[value.how].join(names)
    return Row(f"{value.quantity} {_where(value)}, {between}", _published(value), mean, spread,
               len(numbers), _word(_reproduced(value, mean)))


def _by_seed(results, select, value):
    """{seed: number} of the selected trials, at the learning rate that trains best."""
    trials = results.trials
    for factor, wanted in select.items():
        if factor not in trials:
            raise Misuse(f"'{results.path}' has no factor {factor}: it was made by another command;"
                         " run scripts/reproduce without --no-run")
        trials = trials[trials[factor].map(
            lambda is_, wanted=wanted: _matches(results, is_, wanted))]
    if trials.empty:
        raise Misuse(f"'{results.path}' has no trial with {_name(select)}: it was made by another "
                     "command; run scripts/reproduce without --no-run")
    identity.require_apart(results, trials, ("learning_rate",))
    curves = {trial: curve for trial, curve in results.curves.groupby("trial")
              if trial in trials.index}
    if trials["learning_rate"].nunique() > 1:
        final = selection.final_values(results, trials, "objective")
        best = final.groupby(trials["learning_rate"]).mean().idxmin()
        trials = trials[trials["learning_rate"] == best]
    return {int(row["seed"]): _number(curves[trial], value) for trial, row in trials.iterrows()}


def _matches(results, is_, wanted):
    if isinstance(wanted, (str, dict)):
        return results.components.matches(is_, wanted)
    return bool(np.isclose(float(is_), wanted, rtol=1e-9))


def _number(curve, value):
    steps_to = re.fullmatch(r"steps_to (\w+)(>=|<=)(.+)", value.quantity)
    if steps_to:
        return statistics.first_reached(curve["step"], curve[steps_to[1]], float(steps_to[3]),
                                        steps_to[2] == ">=")
    values = (100 * (1 - curve["test_accuracy"]) if value.quantity == "error"
              else curve[value.quantity]).to_numpy()
    if value.epoch is None and value.step is None:
        return float(values[-1]) if np.isfinite(values[-1:]).all() else np.inf
    axis, at = ("epoch", value.epoch) if value.step is None else ("step", value.step)
    there = np.flatnonzero(np.isclose(curve[axis].to_numpy(dtype=float), at))
    return float(values[there[0]]) if len(there) else np.inf  # it diverged before


def _reproduced(value, ours):
    if value.within is not None and not abs(ours - value.published) <= value.within:
        return False
    return ((value.at_most is None or ours <= value.at_most)
            and (value.at_least is None or ours >= value.at_least))


def _published(value):
    parts = [] if value.published is None else [f"{value.published:g}"]
    parts += [f"± {value.within:g}"] if value.within is not None else []
    parts += [f"≥ {value.at_least:g}"] if value.at_least is not None else []
    parts += [f"≤ {value.at_most:g}"] if value.at_most is not None else []
    return " ".join(parts)


def _where(value):
    if value.epoch is not None:
        return f"at epoch {value.epoch:g}"
    return f"at step {value.step}" if value.step is not None else "at the end"


def _name(select):
    return ", ".join(say(wanted) if factor == "optimizer"
                     else f"{factor.removeprefix('optimizer_').replace('_', ' ')} {say(wanted)}"
                     for factor, wanted in select.items())
