"""PyTorch's side, in a process of its own: answers questions, one JSON line each.

Training is eager, with the data in memory as floats. Accuracy is measured on the test images alone.
"""

import gzip
import json
import re
import resource
import sys
import time
from pathlib import Path

import numpy as np

from . import published


def blas_libraries(torch):
    """The BLAS that this process has mapped: PyTorch takes whichever is installed."""
    torch.randn(64, 64) @ torch.randn(64, 64)
    maps = Path("/proc/self/maps").read_text(encoding="utf-8")
    return sorted({Path(m).resolve().name
                   for m in re.findall(r"(/\S*(?:blas|blis|mkl|dnnl)\S*\.so\S*)", maps)})


def read_idx(path, header):
    return np.frombuffer(gzip.decompress(Path(path).read_bytes()), np.uint8, offset=header)


def read_mnist(torch, folder, part):
    pixels = read_idx(Path(folder) / f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 784)
    labels = read_idx(Path(folder) / f"{part}-labels-idx1-ubyte.gz", 8)
    return (torch.from_numpy(pixels.astype(np.float32) / 255),
            torch.from_numpy(labels.astype(np.int64)))


def make_network(torch, widths, activation, batch_norm=False, constant=None):
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


def make_optimizer(torch, name, network, rate):
    if name == "momentum":
        return torch.optim.SGD(network.parameters(), lr=rate, momentum=0.9)
    kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    return kinds[name](network.parameters(), lr=rate)


def train_step(network, optimizer, x, y):
    import torch.nn.functional as f

    optimizer.zero_grad()
    loss = f.cross_entropy(network(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def identify(torch):
    return {"version": torch.__version__, "libraries": blas_libraries(torch)}


def losses(torch, mnist, optimizer, rate, steps, examples):
    """Of full-batch training from constant weights."""
    x, y = read_mnist(torch, mnist, "train")
    x, y = x[:examples], y[:examples]
    network = make_network(torch, (784, 16, 10), "sigmoid", constant=0.1)
    rule = make_optimizer(torch, optimizer, network, rate)
    return [train_step(network, rule, x, y) for _ in range(steps + 1)]


def step_seconds(torch, widths, activation, batch, optimizer, rate, batch_norm, steps):
    torch.manual_seed(0)
    x, y = torch.rand(10000, widths[0]), torch.randint(0, widths[-1], (10000,))
    network = make_network(torch, widths, activation, batch_norm)
    return time_steps(torch, network, x, y, batch, optimizer, rate, steps)


def published_seconds(torch, module, batch, optimizer, rate, steps):
    torch.manual_seed(0)
    network, x, y = published.make(torch, module, 2000)
    return time_steps(torch, network, x, y, batch, optimizer, rate, steps)


def time_steps(torch, network, x, y, batch, optimizer, rate, steps):
    """Seconds per step, and the peak memory of this process so far."""
    rule = make_optimizer(torch, optimizer, network, rate)

    def step():
        chosen = torch.randint(0, len(x), (batch,))
        train_step(network, rule, x[chosen], y[chosen].flatten())

    for _ in range(min(20, steps // 2)):
        step()
    begin = time.perf_counter()
    for _ in range(steps):
        step()
    seconds = (time.perf_counter() - begin) / steps
    return {"seconds": seconds,
            "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


def train_mnist(torch, mnist, widths, optimizer, rate, batch, steps, observe=0, target=2.0, seed=0):
    """Trains on the first 50 000 images, until the test accuracy, measured every `observe` steps,
    reaches the target. Returns the steps made and the last accuracy."""
    torch.manual_seed(seed)
    x, y = read_mnist(torch, mnist, "train")
    x, y = x[:50000], y[:50000]
    test_x, test_y = read_mnist(torch, mnist, "t10k")
    network = make_network(torch, widths, "relu")
    rule = make_optimizer(torch, optimizer, network, rate)
    order, accuracy = torch.empty(0, dtype=torch.int64), None
    for step in range(1, steps + 1):
        if not len(order):
            order = torch.randperm(len(x))
        chosen, order = order[:batch], order[batch:]
        train_step(network, rule, x[chosen], y[chosen])
        if observe and step % observe == 0:
            with torch.no_grad():
                accuracy = (network(test_x).argmax(1) == test_y).float().mean().item()
            if accuracy >= target:
                break
    return {"steps": step, "accuracy": accuracy}


QUESTIONS = {"identify": identify, "losses": losses, "step_seconds": step_seconds,
             "published_seconds": published_seconds, "train_mnist": train_mnist}


def answer(request):
    import torch

    return QUESTIONS[request.pop("question")](torch, **request)


if __name__ == "__main__":
    # One request as the argument, or one a line on standard input.
    for line in sys.argv[1:] or sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
