"""Evaluations and seconds of ravine's second-order methods, liblbfgs and scipy, in one run.

All solvers minimize the very same compiled functions from the same points. A wrapper counts every
evaluation (loss and gradient together; a Hessian-vector product counts as one) and stops the clock at
the first gradient with max_i |g_i| < tolerance. The peers' own stopping rules are switched off; L-BFGS
keeps 10 pairs everywhere. Seconds are the least of a few paired runs.

Build the compiled part first (needs liblbfgs-dev):
    cmake --preset release && ninja -C build/release second_order_peers
"""

import argparse
import ctypes
import os
import statistics
import sys
import tempfile
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"  # all solvers are compared on one thread

import numpy as np

try:
    import scipy
    from scipy.optimize import minimize
except ImportError:
    sys.exit("compare_second_order: scipy is not installed: apt-get install python3-scipy")

Vector = np.ctypeslib.ndpointer(np.float64, flags="C_CONTIGUOUS")
HISTORY = 10
LARGE = ("logreg glyphs",)
MOST = 20000  # evaluations of one run

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
    "Newton": ("damped_newton", ("Newton-CG",)),
}


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
            ("seconds", ctypes.c_double, handle), ("evaluate", ctypes.c_double, handle, Vector, Vector),
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
            sys.exit(f"compare_second_order: {text}: {error}")
        self.size = peers.size(self.bench)

    def start(self):
        x = np.zeros(self.size)
        self.peers.start(self.bench, x)
        return x

    def result(self):
        """(evaluations, seconds), or None if the tolerance was not reached."""
        if not self.peers.reached(self.bench):
            return None
        return self.peers.evaluations(self.bench), self.peers.seconds(self.bench)

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
    return results[0][0], min(seconds for _, seconds in results)


def generated_table(path: Path):
    """A badly scaled two-class problem: 500 rows, 30 columns with deviations from 1 to 30."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(500, 30)) * np.geomspace(1, 30, 30)
    labels = (inputs @ rng.normal(size=30) / 30 + rng.normal(size=500) > 0).astype(int)
    np.savetxt(path, np.column_stack([inputs, labels]), delimiter=",", fmt=["%.4f"] * 30 + ["%d"])


def text_of(result):
    return f"{result[0]:7d} {result[1] * 1e3:9.3f}" if result else f"{'-':>7} {'-':>9}"


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="scripts/compare_second_order", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(__file__).parents[2]
    parser.add_argument("--library", type=Path, default=root / "build/release/suites/libsecond_order_peers.so")
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
    print(f"scipy {scipy.__version__}, liblbfgs, until max |g| < {options.tolerance:g}; evaluations and milliseconds")
    evaluation_ratios, speed = [], {"liblbfgs": [], "scipy": []}
    for family, (method, rivals) in FAMILIES.items():
        print(f"\n{family + ': ' + method:44}{'ravine':>17}" + "".join(f"{rival:>20}" for rival in rivals) +
              f"{'evaluations':>13}  faster per evaluation")
        for label, text in problems.items():
            if family == "BFGS" and ("dimension=1000" in label or label in LARGE):
                continue  # scipy's update takes n^3 operations: hours
            problem = Problem(peers, text, options.data_dir, options.tolerance)
            repeats = options.repeats if problem.size <= 200 else min(3, options.repeats)
            ours = measure(lambda: problem.ravine(method), repeats)
            theirs = {rival: measure(problem.liblbfgs if rival == "liblbfgs" else lambda: problem.scipy(rival), repeats)
                      for rival in rivals}
            row = f"{label:44}{text_of(ours)}" + "".join(f"   {text_of(theirs[rival])}" for rival in rivals)
            done = {rival: result for rival, result in theirs.items() if result}
            if ours and done:
                ratio = ours[0] / min(result[0] for result in done.values())
                gains = {rival: (result[1] / result[0]) / (ours[1] / ours[0]) for rival, result in done.items()}
                if family != "Newton":
                    evaluation_ratios.append((ratio, f"{family}, {label}"))
                    for rival, gain in gains.items():
                        speed["liblbfgs" if rival == "liblbfgs" else "scipy"].append(gain)
                row += f"{ratio:12.2f}x  " + ", ".join(f"{gain:.1f}x" for gain in gains.values())
            print(row, flush=True)
            peers.close(problem.bench)

    worst = max(evaluation_ratios)
    print(f"\nevaluations against the better peer (L-BFGS, BFGS, CG): median "
          f"{statistics.median(ratio for ratio, _ in evaluation_ratios):.2f}x, worst {worst[0]:.2f}x ({worst[1]})")
    for rival, gains in speed.items():
        print(f"seconds per evaluation against {rival}: median {statistics.median(gains):.1f}x faster, "
              f"least {min(gains):.1f}x")


if __name__ == "__main__":
    main()
