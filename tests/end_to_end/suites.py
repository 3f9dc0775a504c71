"""Running the suites' programs from tests."""

import os
import pathlib
import subprocess
import time

PROJECT = pathlib.Path(__file__).parents[2]
BUILD = pathlib.Path(os.environ.get("RAVINE_BUILD_DIR", PROJECT / "build" / "release"))
GOLDEN_DIGESTS = PROJECT / "tests" / "golden" / "quick_digests.tsv"
TOOLS = {"ravine-results", "ravine-results-double", "ravine-kernels"}  # programs that run no trials
SUITES = sorted(path.name for path in BUILD.glob("ravine-*")
                if os.access(path, os.X_OK) and path.is_file() and path.name not in TOOLS)


def environment():
    """The user's, without settings that would change what a suite does."""
    return {name: value for name, value in os.environ.items()
            if name not in ("RAVINE_DATA_DIR", "OMP_NUM_THREADS")
            and not name.startswith("SLURM_")}


def run(program, *arguments, cwd=None, prefix=()):
    return subprocess.run([*prefix, BUILD / program, *map(str, arguments)], capture_output=True,
                          text=True, cwd=cwd, env=environment(), timeout=600, check=False)


def start(program, *arguments):
    return subprocess.Popen([BUILD / program, *map(str, arguments)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, env=environment())


def quick(program, output, *arguments):
    """Runs the quick scale, which must succeed, and returns what it said on standard error."""
    done = run(program, "--scale", "quick", "--output", output, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stderr


def digest(output):
    done = run("ravine-results", "digest", output)
    assert done.returncode == 0, done.stderr
    word = done.stdout.split()[0]
    assert len(word) == 64 and set(word) <= set("0123456789abcdef")
    return word


def golden_digests():
    """Suite -> digest of its quick run, as scripts/renew_digests wrote them."""
    return dict(line.split() for line in GOLDEN_DIGESTS.read_text().splitlines()
                if not line.startswith("#"))


def spool(output):
    return pathlib.Path(f"{output}.spool")


def finished_trials(output):
    folder = spool(output)
    if not folder.exists():
        return 0
    segments = (path.read_bytes()[512:600].split(b"\n")[0] for path in folder.glob("*.segment"))
    return len(list(folder.glob("*.h5"))) + sum(map(int, segments))


def wait_for_trials(process, output, count):
    """Returns as soon as `count` trials are durable while the process still runs."""
    deadline = time.monotonic() + 120
    while finished_trials(output) < count:
        assert process.poll() is None, f"it ended too early: {process.communicate()}"
        assert time.monotonic() < deadline, "no trial was finished in two minutes"
        time.sleep(0.002)
