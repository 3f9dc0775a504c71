"""Tables of ravine-kernels: one run compared with its limits, or two runs as ratios.

  scripts/compare_kernels RUN.json             time and share of the limit of every row
  scripts/compare_kernels OLD.json NEW.json    time of NEW over OLD, with its 95 % interval

A limit is what the machine allows, measured in the same run: fused multiply-adds, copies in the level
of memory that holds the row's data, the sum of both, or a simpler way to the same result. Updates in place
move fewer lines than a copy of as many bytes, so their shares may exceed 1.

A row is `slower` if the whole interval of its ratio lies above --threshold, `faster` if below its
inverse. Runs on different machines are compared --by share: by their times as multiples of their limits.
The interval is a percentile bootstrap of the ratio of medians over repetitions, so both runs need at
least five:

  build/release/ravine-kernels --benchmark_out=RUN.json --benchmark_repetitions=9 \\
    --benchmark_min_time=0.1 --benchmark_enable_random_interleaving=true

exit codes: 0 no row is slower; 1 some are; 2 misuse; 70 an error of this script
"""

import argparse

import numpy as np

from .. import errors
from .kernel_runs import read

RESAMPLES = 2000
LEAST_REPETITIONS = 5


def ratio_interval(old, new, resamples=RESAMPLES, level=0.95, seed=0):
    """(median(new) / median(old), low, high): percentile bootstrap (Efron 1979), each resampled."""
    random = np.random.default_rng(seed)

    def medians(values):
        draws = random.integers(len(values), size=(resamples, len(values)))
        return np.median(np.asarray(values)[draws], axis=1)

    ratios = medians(new) / medians(old)
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    return float(np.median(new) / np.median(old)), float(low), float(high)


def duration(seconds):
    """Three digits: 2.34 us, 14.2 ms."""
    for unit, factor in (("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3)):
        if seconds < 999.5 * factor:
            return f"{seconds / factor:.3g} {unit}"
    return f"{seconds:.3g} s"


def show_run(run):
    print("one thread of this machine: " +
          ", ".join(f"{name} {value:.4g}" for name, value in run.limits().items()))
    print(f"\n{'row':56} {'time':>9} {'spread':>7} {'share':>6}  of")
    for name, row in run.rows.items():
        middle = np.median(row.seconds)
        spread = (row.seconds.max() - row.seconds.min()) / middle
        share = f"{np.median(row.shares):6.2f}" if len(row.shares) else " " * 6
        goal = ""
        if row.target is not None:
            met = np.median(row.shares) >= row.target
            goal = f"; goal {row.target:.2f} {'met' if met else 'missed'}"
        print(f"{name:56} {duration(middle):>9} {spread:6.0%}  {share}  {row.bound}{goal}")


def compare(old, new, threshold, by):
    """[(name, ratio, low, high, verdict)] for the rows that both runs have."""
    compared = []
    for name, before in old.rows.items():
        after = new.rows.get(name)
        if after is None:
            continue
        one, two = ((before.seconds, after.seconds) if by == "time"
                    else (1 / before.shares, 1 / after.shares))
        fewest = min(len(one), len(two))
        if fewest < LEAST_REPETITIONS:
            raise errors.Misuse(
                f"'{name}' has {fewest} repetitions with a {by}, but an interval needs at least "
                f"{LEAST_REPETITIONS}: run with --benchmark_repetitions=9")
        ratio, low, high = ratio_interval(one, two)
        verdict = "slower" if low > threshold else "faster" if high < 1 / threshold else ""
        compared.append((name, ratio, low, high, verdict))
    if not compared:
        raise errors.Misuse("the two runs have no row in common: run both with one "
                            "--benchmark_filter")
    return compared


def show_comparison(old, new, compared, by):
    print(f"{'row':56} {'old':>9} {'new':>9} {'ratio':>6}  95 % interval")
    for name, ratio, low, high, verdict in compared:
        before, after = (duration(np.median(run.rows[name].seconds)) for run in (old, new))
        print(f"{name:56} {before:>9} {after:>9} {ratio:6.3f}  [{low:.3f}, {high:.3f}]  {verdict}"
              .rstrip())
    for name in old.rows.keys() ^ new.rows.keys():
        print(f"{name:56} only in the {'old' if name in old.rows else 'new'} run")
    overall = np.exp(np.mean([np.log(ratio) for _, ratio, *_ in compared]))
    slower = [name for name, *_, verdict in compared if verdict == "slower"]
    print(f"\ngeometric mean of {len(compared)} ratios by {by}: {overall:.3f}; slower: "
          f"{', '.join(slower) or 'none'}")


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="scripts/compare_kernels", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", metavar="RUN.json")
    parser.add_argument("--threshold", type=float, default=1.05, metavar="RATIO",
                        help="ratio above which a row counts as slower (default: %(default)s)")
    parser.add_argument("--by", choices=["time", "share"], default="time",
                        help="what ratios are taken of (default: %(default)s)")
    options = parser.parse_args(arguments)
    if len(options.runs) > 2:
        raise errors.Misuse(f"{len(options.runs)} runs are given: give one to show or two to compare")
    if options.threshold < 1:
        raise errors.Misuse(f"--threshold is {options.threshold:g}, but must be at least 1: 1.05 "
                            "lets rows be 5 % slower")
    runs = [read(path) for path in options.runs]
    for path, run in zip(options.runs, runs):
        for name, message in run.failures.items():
            print(f"{path}: {name} failed: {message}")
    if len(runs) == 1:
        show_run(runs[0])
        return 0
    compared = compare(*runs, options.threshold, options.by)
    show_comparison(*runs, compared, options.by)
    return int(any(verdict == "slower" for *_, verdict in compared))


if __name__ == "__main__":
    errors.run("scripts/compare_kernels", main)
