"""Did anything train differently than in the baseline?

Compares the curves of a result file with those of a baseline, configuration by configuration,
paired by seed. Pairs that agree in every bit are identical. Others are judged statistically on the
training loss at 10 log-spaced steps, the steps to a target and the final metric: regressed,
changed (significant, but no larger than the effect of another seed), improved, equivalent or
inconclusive. The false-alarm rate holds over all comparisons of a run.

exit codes: 0 identical, equivalent or improved; 1 regressed or changed; 2 misuse; 3 inconclusive;
70 an error of the gate itself, which decides nothing
"""

import argparse
import pathlib
import sys

from .. import errors, places
from ..results.load import load
from . import output, trackers
from .compare import compare
from .configurations import match
from .judge import ALPHA


def parse_arguments(arguments=None):
    parser = argparse.ArgumentParser(prog=places.spoken("scripts/gate"), description=places.spoken(__doc__),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("new", metavar="NEW.h5", help="result file to judge")
    parser.add_argument("--baseline", metavar="FILE", required=True, help="baseline to judge it by")
    parser.add_argument("--exact", action="store_true",
                        help="treat any differing result bit as a change; skip the statistics")
    parser.add_argument("--alpha", type=float, default=ALPHA, metavar="RATE",
                        help="probability of any false alarm in this run (default: %(default)s)")
    parser.add_argument("--allow-inconclusive", action="store_true",
                        help="exit with 0 where only more seeds could decide")
    parser.add_argument("--subset", action="store_true",
                        help="let NEW.h5 lack configurations of the baseline")
    parser.add_argument("--junit", metavar="FILE", type=pathlib.Path, help="write JUnit XML")
    parser.add_argument("--markdown", metavar="FILE", type=pathlib.Path,
                        help="write a comment for a pull request")
    parser.add_argument("--format", default="terminal", metavar="KIND",
                        help="what to print: terminal (default), markdown, junit, or what the new file reached, as "
                        "JSON for bencher or github-action-benchmark")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse_arguments(arguments)
    if not 0 < options.alpha < 0.5:
        raise errors.Misuse(f"--alpha is {options.alpha:g}, but must lie in (0, 0.5): 0.01 is one "
                            "false alarm in 100 runs")
    printed = {"terminal": lambda: output.terminal(comparison, colour=sys.stdout.isatty()),
               "markdown": lambda: output.markdown(comparison), "junit": lambda: output.junit(comparison),
               "bencher": lambda: trackers.bencher(match(baseline, new, options.subset)[0]),
               "github-action-benchmark": lambda: trackers.github_action_benchmark(
                   match(baseline, new, options.subset)[0])}
    if options.format not in printed:
        raise errors.Misuse(f"unknown --format '{options.format}'{errors.near(options.format, printed)}: choose one of "
                            f"{', '.join(printed)}")
    new, baseline = load(options.new), load(options.baseline)
    comparison = compare(new, baseline, options.exact, options.alpha, options.subset)
    for path, write in ((options.junit, output.junit), (options.markdown, output.markdown)):
        if path:
            _write(path, write(comparison))
    print(printed[options.format](), end="")
    return comparison.exit_code(options.allow_inconclusive)


def _write(path, text):
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise errors.Misuse(f"cannot write '{path}': {error.strerror}; name a file in a folder "
                            "that exists and is writable") from error


if __name__ == "__main__":
    errors.run("scripts/gate", main)
