"""Records: the fewest steps to a published target on a problem, each tested over seeds.

    scripts/records                              the tables of results/records
    scripts/records --judge FILE.h5              what the settings of a result file are, with the entry to file
    scripts/records --false-alarms FILE.h5       A/A: how often two groups of seeds of one setting count as different

To file a record, or a skeptical result (a better-tuned rule that the table has, or a failed reproduction), run the
table's protocol with at least four seeds, judge the file, and add the entry that is printed to the table. An entry of
somebody else stays: a skeptical one stands below it.
"""

import argparse
import pathlib

from .. import errors, places
from . import rule
from .judge import candidates, judge
from .table import read, tables


def parse_arguments(arguments=None):
    parser = argparse.ArgumentParser(prog=places.spoken("scripts/records"), description=places.spoken(__doc__),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", metavar="TABLE.toml", type=pathlib.Path,
                        help="tables (default: those of results/records)")
    parser.add_argument("--judge", metavar="FILE.h5", help="result file to judge")
    parser.add_argument("--false-alarms", metavar="FILE.h5", help="result file with many seeds of one setting")
    parser.add_argument("--seeds", type=int, default=8, metavar="N", help="seeds of a group of --false-alarms (default: 8)")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse_arguments(arguments)
    known = [read(path) for path in options.tables] or tables()
    if not known:
        raise errors.Misuse("there is no table of records here: name one")
    if options.judge:
        return _judge(options.judge, known)
    if options.false_alarms:
        return _false_alarms(options.false_alarms, known, options.seeds)
    for table in known:
        print(_shown(table))
    return 0


def _shown(table):
    lines = [table.title, f"  {table.metric} {'>=' if table.larger_is_better else '<='} {table.target:g}, sigma "
             f"{table.sigma:g}, p < {table.alpha:g}; false alarms: {table.false_alarms}",
             "  steps  seeds      mean  p(target)  p(better than next)  entry"]
    entries = sorted(table.entries, key=lambda entry: (entry.steps, entry.kind))
    for entry, after in zip(entries, [*entries[1:], None]):
        better = rule.p_better(entry.mean, entry.seeds, after.mean, after.seeds, table) if after else None
        optimizer, rate = (next((line.partition(" = ")[2] for line in entry.spec.splitlines()
                                 if line.startswith(f"{name} = ")), "") for name in ("optimizer", "learning_rate"))
        lines.append(f"  {entry.steps:5d}  {entry.seeds:5d}  {entry.mean:8.5g}  "
                     f"{rule.p_target(entry.mean, entry.seeds, table):9.2g}  "
                     f"{'' if better is None else format(better, '.2g'):>19}  "
                     f"{'skeptical: ' if entry.kind == 'skeptical' else ''}{optimizer} at {rate}"
                     f"{'; ' + entry.note if entry.note else ''}")
    return "\n".join(lines)


def _judge(path, known):
    from ..results.load import load
    results, count = load(path), 0
    for table in known:
        for candidate in candidates(results, table):
            verdict = judge(candidate, table)
            count += 1
            print(f"{verdict.word}: {verdict.why}; mean {candidate.values.mean():.6g} over {len(candidate.values)} seeds")
            if verdict.word in ("record", "skeptical"):
                print(_entry(verdict))
    if not count:
        raise errors.Misuse(f"'{path}' has no trial on a problem of a table: {', '.join(t.problem for t in known)}")
    return 0


def _entry(verdict):
    candidate = verdict.candidate
    return (f'\n[[entry]]\nrule = "{candidate.rule}"\nkind = "{verdict.word}"\nsteps = {candidate.steps}\nseeds = {len(candidate.values)}\n'
            f'mean = {candidate.values.mean():.17g}\nspec = """\n{candidate.spec}\n"""\n')


def _false_alarms(path, known, n):
    from ..results.load import load
    results = load(path)
    for table in known:
        for candidate in candidates(results, table):
            values = candidate.values
            if len(values) < 4 * n or n < 2:
                raise errors.Misuse(f"'{path}' has {len(values)} seeds, but groups of {n} need at least {4 * n}: run more, "
                                    "or give fewer --seeds")
            rate = rule.false_alarms(values, n, table)
            print(f"{100 * rate:.3g} % of {rule.A_A_PAIRS} pairs of groups of {n} from {len(values)} seeds; nominal "
                  f"{200 * table.alpha:g} %; standard deviation over seeds {values.std(ddof=1):.4g}, sigma {table.sigma:g}")
    return 0


if __name__ == "__main__":
    errors.run("scripts/records", main)
