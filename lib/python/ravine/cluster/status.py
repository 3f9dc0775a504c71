"""The progress of a run of scripts/slurm/submit, shard by shard, from ravine-results.

    scripts/slurm/status                     the latest run in results/
    scripts/slurm/status results/x.h5        the run with this output
    watch scripts/slurm/status               again every two seconds

Each line is a shard: its finished trials of all, how many of them diverged or failed, and its state. A
shard is "running" while it holds the lock of its output and its last heartbeat is less than five
minutes old (on this host: while its process lives), "stopped" if it does not, so that the same
scripts/slurm/submit continues it, and "waiting" before it has begun. The time left is the suite's own
estimate.

exit codes: 0 everything is done; 1 something is left; 2 misuse; 70 an error of this script
"""

import argparse
import dataclasses
import math
import os
import pathlib

from .. import errors, places
from ..results import columns, program


@dataclasses.dataclass(frozen=True)
class Shard:
    """One shard now. total: None before it has begun; left_seconds: None if nobody knows."""

    name: str
    done: int
    total: int
    diverged: int
    failed: int
    state: str  # done, running, stopped or waiting
    where: str = ""
    elapsed_seconds: float = 0
    left_seconds: float = None
    damaged: tuple = ()  # a sentence on each file that does not count


@dataclasses.dataclass(frozen=True)
class Run:
    """parts: the output of each shard, of one stage after the other, as the suite names it."""

    suite: str
    shards: int
    stages: list
    trials: int
    parts: list


def shards_of(output):
    """The Shards of a run, in order. Raises Misuse if no run has this output."""
    about = run_of(output)
    names = [(stage, i) for stage in about.stages or [""] for i in range(about.shards)]
    return [shard_of(f"{stage} {i}".strip(), seen, log_of(output, stage, i))
            for (stage, i), seen in zip(names, program.status(*about.parts))]


def log_of(output, stage, shard):
    return jobs_of(output) / f"{f'{stage}.' if stage else ''}shard-{shard}.log"


def jobs_of(output):
    return pathlib.Path(f"{output}.slurm")


def run_of(output):
    """The Run that scripts/slurm/submit noted."""
    note = jobs_of(output) / "run"
    if not note.is_file():
        raise errors.Misuse(f"no run with the output '{output}' is known here: '{note}' is "
                            "missing; name the --output that you gave to scripts/slurm/submit")
    with open(note, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        lines = [line.rstrip("\n").partition("=") for line in file]
    about = {key: value for key, _, value in lines}
    parts = [pathlib.Path(value) for key, _, value in lines if key == "part"]
    stages = about.get("stages", "").split()
    try:
        run = Run(about["suite"], int(about["shards"]), stages, int(about["trials"]), parts)
        if len(parts) == run.shards * max(1, len(stages)):
            return run
    except (KeyError, ValueError):
        pass
    raise errors.Misuse(f"'{note}' does not describe the run: the same scripts/slurm/submit writes "
                        "it anew and continues the run")


def shard_of(name, seen, log):
    """A Shard of what ravine-results says of its output."""
    state, holder, total = seen["state"], seen["holder"], seen["planned"]
    if state == "waiting" and log.exists() and log.stat().st_size:
        state = "stopped"  # before it could store anything
    done = seen["finished"] if total is None else min(seen["finished"], total)
    return Shard(name, done, total, seen["diverged"], seen["failed"], state,
                 where(holder, seen["attempts"]), holder["elapsed_seconds"] if holder else 0,
                 seen["seconds_left"], tuple(seen["damaged"]))


def where(holder, attempts):
    """"on n1, job 17, attempt 3"."""
    words = [f"on {holder['host'] or 'an unknown host'}"] if holder else []
    if holder and holder["job"]:
        words.append(f"job {holder['job']}")
    if attempts > 1:
        words.append(f"attempt {attempts}" if holder else f"after {attempts} attempts")
    return columns.printable(", ".join(words))


def left_in_all(shards):
    """Waiting shards take as long as the others, as many at a time as run now."""
    running = [shard for shard in shards if shard.state == "running"]
    known = [shard for shard in running if shard.left_seconds is not None]
    unfinished = [shard for shard in shards if shard.state in ("waiting", "stopped")]
    if not known:
        return None
    whole = sum(shard.elapsed_seconds + shard.left_seconds for shard in known) / len(known)
    return (max(shard.left_seconds for shard in known)
            + math.ceil(len(unfinished) / len(running)) * whole)


def duration(seconds):
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.0f} s left"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min left"
    return f"{seconds / 3600:.1f} h left"


def told(output, shards, trials):
    """The table. trials: of all shards, where each does not know its own yet; or None."""
    rows = [[shard.name, f"{shard.done}/{'?' if shard.total is None else shard.total}",
             str(shard.diverged), str(shard.failed), f"{shard.state} {shard.where}".strip(),
             duration(shard.left_seconds)] for shard in shards]
    totals = [shard.total for shard in shards]
    total = trials if None in totals else sum(totals)
    done = sum(shard.done for shard in shards)
    states = [f"{sum(shard.state == state for shard in shards)} {state}"
              for state in ("done", "running", "stopped", "waiting")
              if any(shard.state == state for shard in shards)]
    rows.append(["all", f"{done}/{total or '?'}", str(sum(shard.diverged for shard in shards)),
                 str(sum(shard.failed for shard in shards)), ", ".join(states),
                 duration(left_in_all(shards))])
    rows.insert(0, ["shard", "trials", "diverged", "failed", "state", ""])
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    lines = ["  ".join(cell.rjust(width) if 0 < column < 4 else cell.ljust(width)
                       for column, (cell, width) in enumerate(zip(row, widths))).rstrip()
             for row in rows]
    lines += [f"does not count: {columns.printable(sentence)}" for shard in shards for sentence in shard.damaged]
    name = columns.printable(output)
    ending = f"merged into {name}" if output.exists() else f"not merged yet: {name}"
    return "\n".join([*lines, ending, ""])


def latest():
    """The output of the run that was submitted last."""
    notes = sorted((places.ROOT / "results").glob("*.slurm/run"), key=lambda note: note.stat().st_mtime)
    if not notes:
        raise errors.Misuse("no run is known in results/: name the --output that you gave to "
                            "scripts/slurm/submit")
    return notes[-1].parent.with_suffix("")


def main(arguments=None):
    parser = argparse.ArgumentParser(prog=places.spoken("scripts/slurm/status"), description=places.spoken(__doc__),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", nargs="?", metavar="OUTPUT", type=pathlib.Path,
                        help="result file of the run (default: the latest run in results/)")
    options = parser.parse_args(arguments)
    output = pathlib.Path(os.path.realpath(options.output or latest()))  # as submit notes it
    about, shards = run_of(output), shards_of(output)
    # Each stage of a tuned run has a plan of its own, and the final one is not known before.
    trials = None if about.stages else about.trials
    print(f"{about.suite} in {about.shards} shards")
    print(told(output, shards, trials), end="")
    return 0 if all(shard.state == "done" for shard in shards) and output.exists() else 1


if __name__ == "__main__":
    errors.run("scripts/slurm/status", main)
