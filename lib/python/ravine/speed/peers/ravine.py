"""ravine's side: runs of ravine-optimizers."""

import dataclasses
import tempfile
from pathlib import Path

import h5py
import numpy as np

from . import processes


@dataclasses.dataclass
class Trained:
    """One trial: seconds per step on the training clock, the process around it, its curve."""

    step_seconds: float
    process: processes.Finished
    outcome: str
    objective: np.ndarray
    last_test_accuracy: float


class Ravine:
    def __init__(self, program, data_dir):
        self.program, self.data_dir = program, data_dir

    def command(self, output, problem, **flags):
        """Flags in Python's spelling: learning_rate=0.1 is --learning-rate 0.1."""
        given = {"averaging": "none", "workers": 1, "seeds": "1", "data_dir": self.data_dir, **flags}
        words = [self.program, "--problem", problem, "--output", output]
        for name, value in given.items():
            words += ["--" + name.replace("_", "-"), value]
        return words

    def train(self, problem, **flags):
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "out.h5"
            finished = processes.run(self.command(output, problem, **flags))
            with h5py.File(output) as file:
                trials, curves = file["trials"], file["curves"]
                accuracy = curves.get("test_accuracy")
                return Trained(float(trials["train_seconds"][0]) / int(trials["steps"][0]), finished,
                               trials["outcome"].asstr()[0], np.array(curves["objective"]),
                               float(accuracy[-1]) if accuracy is not None else float("nan"))


def write_examples(path, inputs, classes=10, rows=2000, seed=0):
    """A table of whole numbers with labels: a data set with as many inputs as a row asks for."""
    random = np.random.default_rng(seed)
    table = np.column_stack([random.integers(0, 17, (rows, inputs)),
                             np.arange(rows) % classes])
    np.savetxt(path, table, fmt="%d", delimiter=",")


def write_text(path, characters=65, length=200_000, seed=0):
    """As many different characters as Tiny Shakespeare has, at random."""
    random = np.random.default_rng(seed)
    alphabet = np.array([chr(ord("0") + i) for i in range(characters)])
    path.write_text("".join(alphabet[random.integers(0, characters, length)]), encoding="ascii")


def problem_of(step, folder):
    """Generated images for 784 inputs, else a table of that width; of a published network its own."""
    if hasattr(step, "problem"):
        path = Path(folder) / "text.txt"
        if not path.exists():
            write_text(path)
        return step.problem.format(text=path)
    if step.widths[0] == 784:
        data = "glyphs"
    else:
        path = Path(folder) / f"inputs-{step.widths[0]}.csv"
        if not path.exists():
            write_examples(path, step.widths[0])
        data = str(path)
    train = ", train=2000" if data == "glyphs" else ""
    return f"mlp(data={data}, hidden={step.hidden}, activation={step.activation}{train})"


def step_flags(step, steps):
    return {"optimizer": step.optimizer, "learning_rate": step.rate, "batch_size": step.batch,
            "batch_norm": "hidden" if step.batch_norm else "off", "steps": steps,
            "observe": "even(count=1)"}
