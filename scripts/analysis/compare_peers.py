"""Time per training step of ravine and of PyTorch, paired and repeated in one run.

The two are first shown to compute the same losses: full-batch training from constant weights on
the first 512 images of MNIST. Then each network is timed in turns, ravine, PyTorch, ravine, ..., and the
median of the paired ratios is printed. PyTorch is eager, with its data in memory as floats, at its
best of 1 and 2 threads; ravine trains single-threaded.
"""

import argparse
import gzip
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np

GOOD_BLAS = ("openblas", "blis", "mkldnn", "onednn", "flexiblas")

NETWORKS = {
    # name: (hidden widths, activation, batch, [(optimizer, learning rate, batch norm)])
    "784-1000-1000-10 relu": ([1000, 1000], "relu", 128, [("sgd", 0.01, False), ("adam", 1e-3, False)]),
    "784-100-100-100-10 sigmoid": ([100] * 3, "sigmoid", 60,
                                   [("sgd", 0.01, False), ("adam", 1e-3, False), ("adam", 1e-3, True)]),
    "784-32-10 relu": ([32], "relu", 32, [("sgd", 0.01, False), ("adam", 1e-3, False)]),
}


def torch_module():
    try:
        import torch
    except ImportError:
        sys.exit("compare_peers: PyTorch is not installed: apt-get install python3-torch libopenblas0-pthread")
    return torch


def blas_library() -> str:
    """The BLAS that this process has mapped: PyTorch takes whichever is installed."""
    import torch

    torch.randn(64, 64) @ torch.randn(64, 64)
    maps = Path("/proc/self/maps").read_text()
    libraries = sorted({Path(m).resolve().name for m in re.findall(r"(/\S*(?:blas|blis|mkl)\S*\.so\S*)", maps)})
    return ", ".join(libraries) or "none found"


class Ravine:
    def __init__(self, program: Path):
        self.program = program

    def train(self, problem, optimizer, rate, batch, steps, batch_norm=False, observe=1, init="he",
              data_directory=""):
        """Seconds per step on the training clock, and the curve of training losses."""
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "out.h5"
            subprocess.run(
                [self.program, "--problem", problem, "--optimizer", optimizer, "--learning-rate", str(rate),
                 "--batch-size", str(batch), "--steps", str(steps), "--seeds", "1", "--averaging", "none",
                 "--batch-norm", "hidden" if batch_norm else "off", "--init", init, "--workers", "1",
                 "--observe", f"even(count={observe})", "--data-dir", data_directory, "--output", output],
                check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            with h5py.File(output) as file:
                return (float(file["trials/train_seconds"][0]) / steps, np.array(file["curves/objective"]))


def torch_network(torch, widths, activation, batch_norm, constant=None):
    kinds = {"relu": torch.nn.ReLU, "sigmoid": torch.nn.Sigmoid}
    layers = []
    for i, (fan_in, fan_out) in enumerate(zip(widths[:-1], widths[1:])):
        layers.append(torch.nn.Linear(fan_in, fan_out))
        if constant is not None:
            torch.nn.init.constant_(layers[-1].weight, constant)
            torch.nn.init.zeros_(layers[-1].bias)
        if i < len(widths) - 2:
            if batch_norm:
                layers.append(torch.nn.BatchNorm1d(fan_out))
            layers.append(kinds[activation]())
    return torch.nn.Sequential(*layers)


def torch_optimizer(torch, name, parameters, rate):
    return {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[name](parameters, lr=rate)


def torch_seconds(torch, widths, activation, batch, name, rate, batch_norm, steps, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    inputs, labels = torch.rand(10000, widths[0]), torch.randint(0, widths[-1], (10000,))
    network = torch_network(torch, widths, activation, batch_norm)
    optimizer = torch_optimizer(torch, name, network.parameters(), rate)
    loss_of = torch.nn.CrossEntropyLoss()

    def step():
        chosen = torch.randint(0, len(inputs), (batch,))
        optimizer.zero_grad()
        loss = loss_of(network(inputs[chosen]), labels[chosen])
        loss.backward()
        optimizer.step()
        return loss.item()

    for _ in range(min(20, steps)):
        step()
    begin = time.perf_counter()
    for _ in range(steps):
        step()
    return (time.perf_counter() - begin) / steps


def read_idx(path: Path, header: int) -> np.ndarray:
    return np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=header)


def check_same_losses(torch, ravine, mnist: Path, steps=10, examples=512):
    """Largest relative difference of the losses over a few full-batch steps, per optimizer."""
    pixels = read_idx(mnist / "train-images-idx3-ubyte.gz", 16)[:examples * 784].reshape(examples, 784)
    x = torch.tensor(pixels.astype(np.float32) / 255)
    y = torch.tensor(read_idx(mnist / "train-labels-idx1-ubyte.gz", 8)[:examples].astype(np.int64))
    worst = 0.0
    for name, rate in (("sgd", 0.1), ("adam", 0.01)):
        _, ours = ravine.train(f"mlp(data=mnist, hidden=16, activation=sigmoid, train={examples})", name, rate,
                               "full", steps, observe=steps, init="constant(value=0.1)",
                               data_directory=mnist.parent)
        network = torch_network(torch, [784, 16, 10], "sigmoid", False, constant=0.1)
        optimizer = torch_optimizer(torch, name, network.parameters(), rate)
        theirs = []
        for _ in range(steps + 1):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(network(x), y)
            loss.backward()
            optimizer.step()
            theirs.append(loss.item())
        worst = max(worst, float(np.max(np.abs(ours / np.array(theirs) - 1))))
    return worst


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="scripts/compare_peers", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, default=Path(__file__).parents[2] / "build/release/ravine-optimizers")
    parser.add_argument("--repeats", type=int, default=5, help="paired runs of each row (default 5)")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of one run, about (default 2)")
    parser.add_argument("--data-dir", type=Path,
                        default=os.environ.get("RAVINE_DATA_DIR", Path(__file__).parents[2] / "datasets"))
    options = parser.parse_args(arguments)
    mnist = Path(options.data_dir) / "mnist"
    if not mnist.is_dir():
        parser.error(f"there is no {mnist}: run scripts/fetch_datasets mnist, or give --data-dir")
    if not options.program.exists():
        parser.error(f"there is no program {options.program}: build it with scripts/bench --help")
    torch = torch_module()
    blas = blas_library()
    print(f"PyTorch {torch.__version__}, BLAS {blas}")
    if not any(good in blas.lower() for good in GOOD_BLAS):
        sys.exit("compare_peers: this BLAS is no fair peer: install libopenblas0-pthread")
    ravine = Ravine(options.program)
    difference = check_same_losses(torch, ravine, mnist)
    print(f"same losses over 10 full-batch steps: largest relative difference {difference:.1e}")
    if difference > 1e-4:
        sys.exit("compare_peers: the two do not compute the same losses: a comparison of their times would be void")

    print(f"\n{'network':28} {'batch':>5} {'optimizer':10} {'ravine':>10} {'PyTorch':>10} {'threads':>7} "
          f"{'speed-up':>9}  (range)")
    for label, (hidden, activation, batch, rows) in NETWORKS.items():
        problem = f"mlp(data=glyphs, hidden={'-'.join(map(str, hidden))}, activation={activation})"
        widths = [784, *hidden, 10]
        for name, rate, batch_norm in rows:
            def peer(steps, threads):
                return torch_seconds(torch, widths, activation, batch, name, rate, batch_norm, steps, threads)

            threads = min((1, 2), key=lambda count: peer(30, count))
            steps_peer = max(20, int(options.seconds / peer(30, threads)))
            once, _ = ravine.train(problem, name, rate, batch, 50, batch_norm)
            steps_ours = max(20, int(options.seconds / once))
            pairs = [(ravine.train(problem, name, rate, batch, steps_ours, batch_norm)[0], peer(steps_peer, threads))
                     for _ in range(options.repeats)]
            ratios = sorted(theirs / ours for ours, theirs in pairs)
            ours, theirs = (statistics.median(column) for column in zip(*pairs))
            rule = name + (" + bn" if batch_norm else "")
            print(f"{label:28} {batch:5d} {rule:10} {ours * 1e6:7.0f} us {theirs * 1e6:7.0f} us {threads:7d} "
                  f"{statistics.median(ratios):8.2f}x  ({ratios[0]:.2f}-{ratios[-1]:.2f})", flush=True)


if __name__ == "__main__":
    main()
