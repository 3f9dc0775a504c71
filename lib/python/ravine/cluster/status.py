"""How far a run of scripts/slurm/submit is, shard by shard, from its result files and spools.

    scripts/slurm/status                     the latest run in results/
    scripts/slurm/status results/x.h5        the run with this output
    watch scripts/slurm/status               again every two seconds

Each line is a shard: trials done of those it has, how many of them diverged or failed, and what it
does. "running" is what holds the lock of its output and has given a sign of life within five minutes
(on this host: is alive); "stopped" is what does not, and the same scripts/slurm/submit continues it;
"waiting" is what has not begun. The time left is the suite's own estimate.

exit codes: 0 all is done; 1 something is left; 2 misuse; 70 an error of this script
"""

import argparse
import dataclasses
import math
import os
import pathlib
import re
import socket
import time

from .. import errors, places
from ..results import columns, spool

STALE_SECONDS = 300  # as lib/ravine/io/lock.hpp
UNITS = {"h": 3600, "min": 60, "s": 1}


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


def shards_of(output, now=None):
    """The Shards of a run, in order. Raises Misuse if no run has this output."""
    now = time.time() if now is None else now
    about = run_of(output)
    found = []
    parts = iter(about.parts)
    for stage in about.stages or [""]:
        infix = f"{stage}." if stage else ""
        for i in range(about.shards):
            log = jobs_of(output) / f"{infix}shard-{i}.log"
            found.append(look_at(f"{stage} {i}".strip(), next(parts), log, now))
    return found


def jobs_of(output):
    return pathlib.Path(f"{output}.slurm")


def run_of(output):
    """The Run that scripts/slurm/submit noted."""
    note = jobs_of(output) / "run"
    if not note.is_file():
        raise errors.Misuse(f"'{output}' is the output of no run that is known here: there is no "
                            f"'{note}'; name the --output that scripts/slurm/submit was given")
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
    raise errors.Misuse(f"'{note}' does not say what this run consists of: the same "
                        "scripts/slurm/submit writes it anew, and continues the run")


def look_at(name, part, log, now):
    finished = spool.finished(part)
    values = list(finished.outcomes.values())
    said = log.read_text(errors="replace") if log.exists() else ""
    begun = [*re.finditer(r"^ravine-[\w-]+: (?:\w+: )?(\d+) trials", said, re.MULTILINE)]
    total = int(begun[-1][1]) if begun else None
    holder = holder_of(pathlib.Path(f"{part}.lock"), now)
    if holder:
        state = "running"
    elif part.exists() and not spool.has_trials(part) and not finished.damaged:
        state, total = "done", len(values)
    else:
        state = "stopped" if values or said or finished.damaged else "waiting"
    attempts = attempts_of(part)
    elapsed = now - seconds(holder.get("started"), now) if holder else 0
    return Shard(name, len(values) if total is None else min(len(values), total), total,
                 values.count("diverged"), values.count("failed"), state, where(holder, attempts), elapsed,
                 left(said[begun[-1].start():], log, now) if holder and begun else None,
                 tuple(finished.damaged))


def holder_of(lock, now):
    """What a lock file says of its holder; {} if that one is dead or there is none."""
    try:
        text, written = lock.read_text(errors="replace"), lock.stat().st_mtime
    except OSError:
        return {}
    holder = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    if holder.get("host") == socket.gethostname():
        return holder if os.path.exists(f"/proc/{holder.get('pid')}") else {}
    return holder if now - written < STALE_SECONDS else {}


def seconds(text, otherwise):
    """A time of a lock file; `otherwise` if it holds none."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return otherwise


def attempts_of(part):
    """How many processes have worked on this shard; 0 once it is packed."""
    try:
        with open(spool.folder_of(part) / "attempts", "rb") as file:
            return sum(1 for _ in file)
    except OSError:
        return 0


def where(holder, attempts):
    """"on n1, job 17, attempt 3"."""
    words = [f"on {holder.get('host')}"] if holder else []
    if holder.get("job"):
        words.append(f"job {holder['job']}")
    if attempts > 1:
        words.append(f"attempt {attempts}" if holder else f"after {attempts} attempts")
    return columns.printable(", ".join(words))


def left(said, log, now):
    """The suite's last estimate, less what has passed since."""
    lines = re.findall(r"about ((?:\d+ (?:h|min|s) ?)+)left", said)
    if not lines:
        return None
    words = lines[-1].split()
    seconds = sum(int(n) * UNITS[unit] for n, unit in zip(words[::2], words[1::2]))
    return max(0, seconds - (now - log.stat().st_mtime))


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
    lines += [f"does not count: {sentence}" for shard in shards for sentence in shard.damaged]
    name = columns.printable(output)
    ending = f"joined in {name}" if output.exists() else f"not joined yet: {name}"
    return "\n".join([*lines, ending, ""])


def latest():
    """The output of the run that was submitted last."""
    notes = sorted((places.ROOT / "results").glob("*.slurm/run"), key=lambda note: note.stat().st_mtime)
    if not notes:
        raise errors.Misuse("no run is known in results/: name the --output that "
                            "scripts/slurm/submit was given")
    return notes[-1].parent.with_suffix("")


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="scripts/slurm/status", description=__doc__,
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
