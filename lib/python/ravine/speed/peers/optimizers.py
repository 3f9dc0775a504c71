"""Updates alone beside dlib's solvers: rows of two Google Benchmark programs, in turns.

dlib's solvers are driven on a plain vector: they ask a layer only for its parameters. Their step is
a vector that the caller adds, so that sum belongs to dlib's time. Build the program first (needs
libdlib-dev): cmake --build build/release --target kernels_dlib
"""

import statistics
import tempfile
from pathlib import Path

from ..kernel_runs import read
from . import processes

SIZES = (1 << 15, 1 << 22)
RULES = {"momentum": "sgd with momentum", "adam": "adam"}  # ravine's name: dlib's


def compare(program, peer, repeats):
    print(f"\n{'update alone, one thread':40} {'parameters':>10} {'ravine':>9} {'dlib':>9} {'speed-up':>9}"
          "  range")

    def times(which, prefix):
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "run.json"
            rows = "|".join(f"^{prefix}/{rule}/{size}$" for rule in RULES for size in SIZES)
            processes.run([which, f"--benchmark_filter={rows}", "--benchmark_min_time=0.2",
                           f"--benchmark_out={output}"])
            return {name.partition("/")[2]: float(row.seconds[0])
                    for name, row in read(output).rows.items()}

    pairs = [(times(program, "update"), times(peer, "dlib")) for _ in range(repeats)]
    for rule, theirs in RULES.items():
        for size in SIZES:
            row = f"{rule}/{size}"
            gains = sorted(other[row] / own[row] for own, other in pairs)
            own, other = (statistics.median(one[row] for one in column) for column in zip(*pairs))
            print(f"{f'{rule} (dlib: {theirs})':40} {size:10d} {own * 1e6:6.0f} us {other * 1e6:6.0f} us "
                  f"{statistics.median(gains):8.2f}x  {gains[0]:.2f}-{gains[-1]:.2f}", flush=True)
