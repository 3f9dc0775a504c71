"""Evaluations and seconds of ravine's second-order methods, liblbfgs and scipy, in one run.

All solvers minimize the same compiled functions from the same points. A wrapper counts every
evaluation (loss and gradient together; a Hessian-vector product counts as one) and stops the clock at
the first gradient with max_i |g_i| < tolerance. The peers' own stopping rules are switched off; L-BFGS
keeps 10 pairs everywhere. Seconds are the least of a few paired runs: in all, and the solver's own
without the evaluations, which are the same code for all and on data sets nearly all of the time.

Build the compiled part first (needs liblbfgs-dev):
    cmake --preset release && ninja -C build/release second_order_peers
"""

import argparse
import ctypes
import os
import statistics
import tempfile
from pathlib import Path
from typing import NamedTuple

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"  # all solvers are compared on one thread

import numpy as np

import scipy
from scipy.optimize import minimize

from .. import errors, places

Vector = np.ctypeslib.ndpointer(np.float64, flags="C_CONTIGUOUS")
HISTORY = 10
LARGE = ("logreg glyphs",)
MOST = 50000  # evaluations of one run

FUNCTIONS = [
    *[f"rosenbrock(dimension={n})" for n in (2, 10, 100, 1000)],
    *[f"quadratic(dimension=100, condition={c})" for c in ("1e2", "1e4", "1e6")],
    "quadratic(dimension=1000, condition=1e4)",
    "beale",
]
DATA_SETS = ("a9a", "w8a", "mushrooms")

# family: ravine's method, and its peers by name
FAMILIES = {
    "L-BFGS": (f"lbfgs(history={HISTORY})", ("liblbfgs", "L-BFGS-B")),
    "BFGS": ("bfgs", ("BFGS",)),
    "CG": ("conjugate_gradient", ("CG",)),
    "Newton-CG": ("newton_cg", ("Newton-CG",)),
}


class Run(NamedTuple):
    evaluations: int
    seconds: float
    own_seconds: float  # outside of the evaluations


class Reached(Exception):
    """Raised out of scipy at the first gradient below the tolerance."""


class Peers:
    """The compiled functions and solvers."""

    def __init__(self, path: Path):
        library = self.library = ctypes.CDLL(str(path))
        handle = ctypes.c_void_p
        for name, result, *arguments in [
            ("open", handle, ctypes.c_char_p, ctypes.c_char_p), ("close", None, handle),
            ("error", ctypes.c_char_p, handle), ("size", ctypes.c_long, handle),
            ("start", None, handle, Vector), ("meter", None, handle, ctypes.c_double),
            ("reached", ctypes.c_int, handle), ("evaluations", ctypes.c_long, handle),
            ("seconds", ctypes.c_double, handle),
            ("seconds_inside", ctypes.c_double, handle), ("evaluate", ctypes.c_double, handle, Vector, Vector),
            ("hessian_vector", ctypes.c_int, handle, Vector, Vector, Vector),
            ("ravine", ctypes.c_int, handle, ctypes.c_char_p, Vector, ctypes.c_double, ctypes.c_long),
            ("liblbfgs", ctypes.c_int, handle, ctypes.c_int, Vector, ctypes.c_double),
        ]:
            function = getattr(library, f"peers_{name}")
            function.restype, function.argtypes = result, arguments
            setattr(self, name, function)


class Problem:
    def __init__(self, peers: Peers, text: str, data_dir: str, tolerance: float):
        self.peers, self.tolerance = peers, tolerance
        self.bench = peers.open(text.encode(), data_dir.encode())
        error = peers.error(self.bench).decode()
        if error:
            raise errors.Misuse(f"{text}: {error}")
        self.size = peers.size(self.bench)

    def start(self):
        x = np.zeros(self.size)
        self.peers.start(self.bench, x)
        return x

    def result(self):
        """A Run, or None if the tolerance was not reached."""
        if not self.peers.reached(self.bench):
            return None
        seconds = self.peers.seconds(self.bench)
        return Run(self.peers.evaluations(self.bench), seconds, seconds - self.peers.seconds_inside(self.bench))

    def ravine(self, method):
        code = self.peers.ravine(self.bench, method.encode(), self.start(), self.tolerance, MOST)
        return self.result() if code >= 0 else None

    def liblbfgs(self):
        self.peers.liblbfgs(self.bench, HISTORY, self.start(), self.tolerance)
        return self.result()

    def scipy(self, method):
        peers, bench, tiny = self.peers, self.bench, 1e-300
        gradient, product = np.empty(self.size), np.empty(self.size)

        def evaluate(x):
            value = peers.evaluate(bench, x, gradient)
            if peers.reached(bench) or peers.evaluations(bench) >= MOST:
                raise Reached
            return value, gradient.copy()

        def hessian_vector(x, v):
            peers.hessian_vector(bench, x, np.ascontiguousarray(v), product)
            return product.copy()

        options = {
            "BFGS": {"gtol": tiny, "maxiter": MOST},
            "CG": {"gtol": tiny, "maxiter": MOST},
            "L-BFGS-B": {"gtol": tiny, "ftol": 0.0, "maxiter": MOST, "maxfun": MOST, "maxcor": HISTORY},
            "Newton-CG": {"xtol": tiny, "maxiter": MOST},
        }[method]
        extra = {}
        if method == "Newton-CG":
            x = self.start()
            if peers.hessian_vector(bench, x, x, product):
                extra["hessp"] = hessian_vector
        peers.meter(bench, self.tolerance)
        try:
            with np.errstate(all="ignore"):
                minimize(evaluate, self.start(), jac=True, method=method, options=options, **extra)
        except Reached:
            pass
        return self.result()


def measure(run, repeats):
    """Evaluations (always the same) and the least seconds."""
    results = [run() for _ in range(repeats)]
    if any(result is None for result in results):
        return None
    return Run(results[0].evaluations, min(run.seconds for run in results), min(run.own_seconds for run in results))


def generated_table(path: Path):
    """A badly scaled two-class problem: 500 rows, 30 columns with deviations from 1 to 30."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(500, 30)) * np.geomspace(1, 30, 30)
    labels = (inputs @ rng.normal(size=30) / 30 + rng.normal(size=500) > 0).astype(int)
    np.savetxt(path, np.column_stack([inputs, labels]), delimiter=",", fmt=["%.4f"] * 30 + ["%d"])


def text_of(result):
    if not result:
        return f"{'-':>6} {'-':>9} {'-':>8}"
    return f"{result.evaluations:6d} {result.seconds * 1e3:9.3f} {result.own_seconds * 1e3:8.3f}"


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="scripts/compare_second_order", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, default=places.programs() / "suites/libsecond_order_peers.so")
    parser.add_argument("--data-dir", default="", help=f"folder of data sets: adds {', '.join(DATA_SETS)}")
    parser.add_argument("--train", type=int, default=5000, help="training examples of those (default 5000; 0 = all)")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", default="", help="problems whose text contains this")
    options = parser.parse_args(arguments)
    if not options.library.exists():
        parser.error(f"there is no {options.library}: ninja -C build/release second_order_peers (needs liblbfgs-dev)")
    peers = Peers(options.library.resolve())

    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "generated.csv"
        generated_table(table)
        problems = {text: text for text in FUNCTIONS}
        problems["logreg generated"] = f"logreg(data={table}, scale=none, full=true, l2=1e-3)"
        problems["logreg glyphs"] = "logreg(data=glyphs, train=1000, l2=1e-3)"
        for name in DATA_SETS if options.data_dir else ():
            problems[f"logreg {name}"] = f"logreg(data={name}, train={options.train}, l2=1e-4)"
        compare(peers, {k: v for k, v in problems.items() if options.only in k}, options)


def compare(peers, problems, options):
    print(f"scipy {scipy.__version__}, liblbfgs, until max |g| < {options.tolerance:g}; for each solver evaluations, "
          "milliseconds,\nand those of its own. At the right, against each peer: seconds per evaluation, own seconds per evaluation")
    ratios, gains = [], {"liblbfgs": [], "scipy": []}
    for family, (method, rivals) in FAMILIES.items():
        print(f"\n{family + ': ' + method:41}{'ravine':>25}" + "".join(f"{rival:>27}" for rival in rivals) +
              f"{'evaluations':>13}  faster")
        for label, text in problems.items():
            if family == "BFGS" and ("dimension=1000" in label or label in LARGE):
                continue  # scipy's update takes n^3 operations: hours
            problem = Problem(peers, text, options.data_dir, options.tolerance)
            repeats = options.repeats if problem.size <= 200 else min(3, options.repeats)
            ours = measure(lambda: problem.ravine(method), repeats)
            theirs = {rival: measure(problem.liblbfgs if rival == "liblbfgs" else lambda: problem.scipy(rival), repeats)
                      for rival in rivals}
            peers.close(problem.bench)
            row = f"{label:41}{text_of(ours)}" + "".join(f"  {text_of(theirs[rival])}" for rival in rivals)
            done = {rival: run for rival, run in theirs.items() if run}
            if ours and done:
                ratio = ours.evaluations / min(run.evaluations for run in done.values())
                faster = {rival: speed_up(ours, run) for rival, run in done.items()}
                ratios.append((ratio, f"{family}, {label}"))
                for rival, both in faster.items():
                    gains["liblbfgs" if rival == "liblbfgs" else "scipy"].append(both)
                row += f"{ratio:12.3f}x  " + ", ".join(f"{total:.1f}x {own:.1f}x" for total, own in faster.values())
            print(row, flush=True)
    summarize(ratios, gains)


def speed_up(ours, theirs):
    """(in all, own time): how many times the seconds per evaluation of a peer are ours."""
    per_evaluation = [np.array(run[1:]) / run.evaluations for run in (theirs, ours)]
    return tuple(per_evaluation[0] / per_evaluation[1])


def summarize(ratios, gains):
    worst, name = max(ratios)
    print(f"\nevaluations against the better peer: median {statistics.median(ratio for ratio, _ in ratios):.3f}x, "
          f"worst {worst:.2f}x ({name})")
    for rival, pairs in gains.items():
        for kind, values in zip(("seconds", "own seconds"), zip(*pairs)):
            print(f"{kind} per evaluation against {rival}: median {statistics.median(values):.1f}x faster, "
                  f"least {min(values):.2f}x")


if __name__ == "__main__":
    errors.run("scripts/compare_second_order", main)
