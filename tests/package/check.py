#!/usr/bin/env python3
"""Whether a consumer is compiled as the library is, and its rule tuned as the others are.

check.py flags BUILD ARCH          the compiler commands of BUILD optimize for ARCH
check.py tuned RESULTS BUDGET      every optimizer of RESULTS had BUDGET settings in its search
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
        assert arch == "default" or f"-march={arch}" in words, f"not for {arch}: {one['command']}"
    assert commands, "nothing is compiled"


def check_tuned(results, budget):
    with h5py.File(results) as file:
        trials = file["trials"]
        contests, stages = (trials[name].asstr()[:] for name in ("contest", "stage"))
    spent = collections.Counter(contests[stages == "search"])
    assert set(spent) == {"signum", "momentum"} and set(spent.values()) == {int(budget)}, spent


if __name__ == "__main__":
    {"flags": check_flags, "tuned": check_tuned}[sys.argv[1]](*sys.argv[2:])
