"""Speed, memory and start-up of ravine beside PyTorch and dlib, paired and repeated in one run.

It first shows that both sides compute the same losses: full-batch training from constant weights on
the first 512 images of MNIST. Then it times each row in turn, ravine, PyTorch, ravine, ..., and prints
the median of the paired ratios beside its goal. PyTorch is eager, with its data in memory as
floats. Steps are timed on 1 and on 2 threads of both. Goals compare one thread with one (1 : 1). The table
also shows ravine's one thread against PyTorch's faster number (1 : best), and both at their faster
number (best : best).

  steps       time per training step, peak memory of both processes
  networks    the same for published networks of images and text: convolutions, residuals, attention
  start       whole process to the first step on MNIST
  accuracy    whole process to 97 % test accuracy on MNIST with Adam; each measures its test set
  memory      of a suite on MNIST with two workers
  optimizers  updates alone beside dlib's solvers (needs the target kernels_dlib)
  scaling     ravine by itself: two workers against one, two threads against one

exit codes: 0 compared; 2 misuse, a peer that is missing or unfair, or different losses;
70 an error of this script
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from ... import errors, places
from . import optimizers, processes, same_losses, scaling, steps, whole_runs
from .processes import Worker
from .ravine import Ravine

GOOD_BLAS = ("openblas", "blis", "dnnl", "mkldnn", "onednn")
SECTIONS = ("steps", "networks", "start", "accuracy", "memory", "optimizers", "scaling")
NEED_TORCH = {"steps", "networks", "start", "accuracy"}


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(prog="scripts/compare_peers", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help="default: all")
    parser.add_argument("--build-dir", type=Path, default=places.programs(),
                        help="folder of the programs (default: build/release)")
    parser.add_argument("--instructions", choices=("best", "avx2"), default="best",
                        help="instructions for both sides: all of the CPU's, or no more than AVX2")
    parser.add_argument("--python", default=sys.executable, metavar="PROGRAM",
                        help="the Python that imports torch, such as one with a newer PyTorch")
    parser.add_argument("--repeats", type=int, default=5, help="paired runs of each row (default 5)")
    parser.add_argument("--seconds", type=float, default=2.0,
                        help="approximate duration of one run of a step (default 2)")
    parser.add_argument("--data-dir", type=Path,
                        default=os.environ.get("RAVINE_DATA_DIR", places.ROOT / "datasets"))
    options = parser.parse_args(arguments)
    processes.PEER_PYTHON[:] = [options.python]
    if options.instructions == "avx2":
        processes.FORCED.update(processes.AVX2)
    for section in options.sections:
        if section not in SECTIONS:
            raise errors.Misuse(f"unknown section '{section}': choose one of {', '.join(SECTIONS)}")
    if options.repeats < 1:
        raise errors.Misuse(f"--repeats is {options.repeats}, but must be at least 1")
    options.sections = options.sections or SECTIONS
    return options


def program(build, name, target):
    path = build / name
    if not path.exists():
        raise errors.Misuse(f"there is no program '{path}': build it with cmake --preset release && "
                            f"cmake --build build/release --target {target}")
    return path


def imports_torch():
    try:
        found = subprocess.run([*processes.PEER_PYTHON, "-c", "import torch"], capture_output=True,
                               check=False)
    except OSError as error:
        raise errors.Misuse(f"--python {processes.PEER_PYTHON[0]} cannot be run: {error.strerror}"
                            ) from error
    return found.returncode == 0


def check_peer(ravine, mnist):
    """Says who the peer is, and refuses one that is missing, slow for a known reason or different."""
    if not imports_torch():
        raise errors.Misuse(f"PyTorch is not installed for {processes.PEER_PYTHON[0]}: apt-get install "
                            "python3-torch libopenblas0-pthread, or name another --python")
    with Worker("ravine.speed.peers.pytorch") as torch:
        peer = torch.ask("identify")
        libraries = ", ".join(peer["libraries"]) or "none found"
        print(f"PyTorch {peer['version']}, BLAS {libraries}", flush=True)
        check_blas(peer["libraries"])
        difference = same_losses.worst_difference(ravine, torch, mnist)
    print(f"same losses over {same_losses.STEPS} full-batch steps: largest relative difference "
          f"{difference:.1e}", flush=True)
    if difference > same_losses.TOLERANCE:
        raise errors.Misuse("the two do not compute the same losses: comparing their times would "
                            "be meaningless")


def check_blas(libraries):
    """oneDNN serves PyTorch's convolutions beside any BLAS, so that alone is not enough."""
    blas = [name for name in libraries if "blas" in name or "blis" in name or "mkl" in name]
    fair = [name for name in blas or libraries if any(good in name.lower() for good in GOOD_BLAS)]
    if not fair:
        raise errors.Misuse(f"PyTorch's BLAS is {', '.join(libraries) or 'unknown'}, which is not "
                            "a fair peer: install libopenblas0-pthread")


def main(arguments=None):
    options = parse_arguments(arguments)
    wanted = set(options.sections)
    mnist = Path(options.data_dir) / "mnist"
    if wanted & (NEED_TORCH | {"memory"}) and not mnist.is_dir():
        raise errors.Misuse(f"there is no '{mnist}': run scripts/fetch_datasets mnist, or give "
                            "--data-dir")
    ravine = Ravine(program(options.build_dir, "ravine-optimizers", "ravine-optimizers"),
                    options.data_dir)
    if wanted & NEED_TORCH:
        check_peer(ravine, mnist)
    if "steps" in wanted:
        steps.compare(ravine, options.repeats, options.seconds)
    if "networks" in wanted:
        steps.compare_published(ravine, options.repeats, options.seconds)
    if "start" in wanted:
        whole_runs.compare_start(ravine, mnist, options.repeats)
    if "accuracy" in wanted:
        whole_runs.compare_accuracy(ravine, mnist, min(3, options.repeats))
    if "memory" in wanted:
        whole_runs.measure_suite_memory(ravine)
    if "optimizers" in wanted:
        optimizers.compare(program(options.build_dir, "ravine-kernels", "ravine-kernels"),
                           program(options.build_dir, "kernels_dlib", "kernels_dlib"),
                           options.repeats)
    if "scaling" in wanted:
        scaling.compare(ravine, options.repeats)
    return 0


def run():
    """A program that fails is told with its own words."""
    try:
        return main()
    except subprocess.CalledProcessError as error:
        raise errors.Misuse(f"{Path(str(error.cmd[0])).name} ended with code {error.returncode}: "
                            f"{(error.stderr or '').strip()}") from error


if __name__ == "__main__":
    errors.run("scripts/compare_peers", run)
