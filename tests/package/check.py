#!/usr/bin/env python3
"""Whether a consumer is compiled as the library is, and its parts run and are tuned as all others are.

check.py flags BUILD ARCH          the compiler commands of BUILD optimize for ARCH
check.py parts RESULTS             the consumer's rule, problem and data set were run, and it learned
check.py shipped RESULTS           the same, and they met the shipped problems and rules
check.py tuned RESULTS BUDGET      every optimizer had BUDGET settings in its search on each problem
"""

import collections
import json
import pathlib
import shlex
import sys

import h5py


def check_flags(build, arch):
    commands = json.loads((pathlib.Path(build) / "compile_commands.json").read_text())
    for one in commands:
        words = shlex.split(one["command"])
        assert "-O3" in words, f"not optimized: {one['command']}"
        assert not arch or f"-march={arch}" in words, f"not for {arch}: {one['command']}"
    assert commands, "nothing is compiled"


OWN_PROBLEMS = {"himmelblau", "rings"}


def short(problem):
    """himmelblau, rings, or the family of a shipped problem."""
    return "rings" if "data=rings," in problem else problem.split("(")[0]


def trials_of(results):
    """(problem, name of the optimizer, outcome, last value of each metric) of every trial."""
    with h5py.File(results) as file:
        trials, curves = file["trials"], file["curves"]
        problems, optimizers, outcomes = (trials[name].asstr()[:]
                                          for name in ("problem", "optimizer", "outcome"))
        ends = curves["row_size"][:].cumsum() - 1
        last = {name: curves[name][:][ends] for name in ("objective", "validation_accuracy")}
    return [(short(problem), optimizer.split("(")[0], outcome,
             {name: values[i] for name, values in last.items()})
            for i, (problem, optimizer, outcome) in enumerate(zip(problems, optimizers, outcomes))]


def check_parts(results):
    cpu = pathlib.Path("/proc/cpuinfo").read_text()
    if " avx512vl" in cpu:  # the loader finds the installed library for it
        with h5py.File(results) as file:
            assert file["environment"].attrs["instruction_set"] == "x86-64-v4"
    trials = trials_of(results)
    own = [trial for trial in trials if trial[0] in OWN_PROBLEMS]
    assert {(problem, rule) for problem, rule, *_ in own} >= {
        (problem, rule) for problem in OWN_PROBLEMS for rule in ("sign_momentum", "momentum")}, own
    assert all(outcome == "completed" for _, rule, outcome, _ in own if rule == "sign_momentum"), own
    lowest = min(last["objective"] for problem, rule, _, last in own
                 if (problem, rule) == ("himmelblau", "sign_momentum"))
    assert lowest < 1, f"sign_momentum ends at {lowest} on himmelblau, which starts at 170"
    best = max(last["validation_accuracy"] for problem, rule, _, last in own
               if (problem, rule) == ("rings", "sign_momentum"))
    assert best > 0.9, f"sign_momentum is right about {best} of the rings"
    return trials


def check_shipped(results):
    trials = check_parts(results)
    met = {(problem, rule) for problem, rule, *_ in trials}
    assert {("mlp", "sign_momentum"), ("quadratic_deep", "sign_momentum"), ("himmelblau", "adam"),
            ("rings", "adam")} <= met, sorted(met)


def check_tuned(results, budget):
    with h5py.File(results) as file:
        trials = file["trials"]
        problems, contests, stages = (trials[name].asstr()[:]
                                      for name in ("problem", "contest", "stage"))
    searched = stages == "search"
    spent = collections.Counter(zip(map(short, problems[searched]), contests[searched]))
    assert set(spent) == {(problem, rule) for problem in OWN_PROBLEMS
                          for rule in ("sign_momentum", "momentum")}, spent
    assert set(spent.values()) == {int(budget)}, spent


if __name__ == "__main__":
    {"flags": check_flags, "parts": check_parts, "shipped": check_shipped,
     "tuned": check_tuned}[sys.argv[1]](*sys.argv[2:])
