"""Runs the commands of a figure: one result file, merged of its runs."""

import os
import pathlib
import shlex
import subprocess

from .. import errors, places


def data_folder(given):
    """The folder of downloaded data sets, as the suites see it, or None."""
    folder = given or os.environ.get("RAVINE_DATA_DIR")
    return pathlib.Path(folder) if folder else None


def missing_data(figure, folder):
    """The data sets of a figure that are not in the folder."""
    return [name for name in figure.data if folder is None or not (folder / name).is_dir()]


def commands(figure, output, extra=()):
    """[(result file, command)]: each run continues where it was stopped."""
    program = places.programs() / figure.program
    if not os.access(program, os.X_OK):
        raise errors.Misuse(f"there is no '{program}': build the suites first (scripts/bench builds "
                            "them), or set RAVINE_BUILD_DIR")
    parts = ([output] if len(figure.runs) == 1 else
             [output.with_name(f"{output.stem}.part-{i}.h5") for i in range(len(figure.runs))])
    return [(part, [str(program), *shlex.split(run), "--output", str(part), *extra])
            for part, run in zip(parts, figure.runs)]


def run(figure, output, extra=()):
    """Runs what is not finished. Raises Misuse where a suite refuses or does not finish."""
    output.parent.mkdir(parents=True, exist_ok=True)
    steps = commands(figure, output, extra)
    for part, command in steps:
        _call(command)
    if len(steps) > 1:
        _call([str(places.programs() / "ravine-results"), "merge", str(output),
               *(str(part) for part, _ in steps)])


def _call(command):
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    if done.returncode == 1:
        return  # some trials failed: the comparison says what is missing
    if done.returncode:
        raise errors.Misuse(f"{pathlib.Path(command[0]).name} ended with exit code "
                            f"{done.returncode}: its message is shown above; run the same command "
                            "again to continue")
