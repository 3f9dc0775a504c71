"""Result files with made-up but plausible curves: the format of results/FORMAT.md."""

import component_texts
import h5py
import numpy as np
import real_vocabulary
from ravine.results import seal

EPOCHS, STEPS_PER_EPOCH = 10, 100
STEPS = sorted({0, *(2**k for k in range(10)), *(STEPS_PER_EPOCH * e for e in range(EPOCHS + 1))})

# name: (text, learning rates, the best of them, speed at the best)
OPTIMIZERS = {
    "sgd": ("sgd", [0.01, 0.03, 0.1, 0.3, 1], 0.3, 0.8),
    "momentum": ("momentum(beta=0.9)", [0.003, 0.01, 0.03, 0.1, 0.3], 0.03, 1.3),
    "nesterov": ("nesterov(beta=0.9)", [0.003, 0.01, 0.03, 0.1, 0.3], 0.03, 1.4),
    "adagrad": ("adagrad(epsilon=1e-07)", [0.003, 0.01, 0.03, 0.1, 0.3], 0.03, 1.1),
    "rmsprop": ("rmsprop(rho=0.9)", [1e-4, 3e-4, 1e-3, 3e-3, 1e-2], 1e-3, 1.6),
    "rmsprop_nesterov": ("rmsprop_nesterov(rho=0.9, beta=0.9)",
                         [3e-5, 1e-4, 3e-4, 1e-3, 3e-3], 3e-4, 1.5),
    "adam": ("adam(beta1=0.9, beta2=0.999)", [3e-4, 1e-3, 3e-3, 1e-2, 3e-2], 1e-3, 1.8),
    "adamw": ("adamw(decay=0.01)", [3e-4, 1e-3, 3e-3, 1e-2, 3e-2], 1e-3, 1.85),
    "lion": ("lion(beta1=0.9)", [3e-5, 1e-4, 3e-4, 1e-3, 3e-3], 1e-4, 1.7),
}


def curve(rate, best, speed, seed, name):
    """(columns, outcome): slower below the best rate, diverged far above it."""
    rng = np.random.default_rng([seed, *name.encode(), int(1e7 * rate)])
    decades = np.log10(rate / best)
    if decades > 0.7 + 0.15 * rng.standard_normal():
        steps = np.array(STEPS[:7])
        outcome, loss = "diverged", 2.3 * np.exp(0.35 * np.arange(7.0))
        loss[-1] = np.inf
    else:
        steps, outcome = np.array(STEPS), "completed"
        pace = speed * 10 ** (-0.6 * abs(decades))
        floor = 0.01 + 0.05 * abs(decades)
        loss = floor + 2.29 * (1 + pace * steps / 40) ** -1.1
        loss *= np.exp(0.06 * rng.standard_normal(len(steps)) * (steps > 0))
    noise = 0.05 * rng.standard_normal(len(steps))
    test = 0.04 + 0.95 * loss * np.exp(noise)
    with np.errstate(over="ignore"):
        accuracy = np.clip(1 - 0.3 * np.minimum(test, 3), 0.1, 0.995)
    average = np.where(steps > 0, 0.03 + 0.85 * loss, np.nan)
    columns = {
        "step": steps, "epoch": steps / STEPS_PER_EPOCH, "gradient_evaluations": steps,
        "train_seconds": steps * 1e-3 * (1 + 0.02 * rng.random()),
        "objective": loss, "train_loss": loss, "train_accuracy": np.minimum(accuracy + 0.004, 1),
        "validation_loss": test, "validation_accuracy": accuracy, "test_loss": test * 1.02,
        "test_accuracy": accuracy - 0.002,
        "averaged_ema_test_loss": average, "averaged_ema_train_loss": average,
        "averaged_ema_test_accuracy": np.clip(1 - 0.3 * np.minimum(average, 3), 0.1, 0.995),
    }
    return columns, outcome


def write(path, optimizers=tuple(OPTIMIZERS), problems=("mlp(data=glyphs, hidden=256x2)",),
          seeds=3, change=None, suite="optimizers"):
    """Writes a sealed result file. `change(row, columns)` may alter each trial before."""
    rows, curves = [], []
    for problem in problems:
        for name in optimizers:
            text, rates, best, speed = OPTIMIZERS[name]
            for rate in rates:
                for seed in range(seeds):
                    columns, outcome = curve(rate, best, speed, seed, name + problem)
                    row = {"id": f"{len(rows):016x}", "problem": problem, "optimizer": text,
                           "schedule": "constant", "batch_norm": "off", "averaging": "ema",
                           "learning_rate": rate, "batch_size": 128, "seed": seed,
                           "outcome": outcome, "message": "", "in_plan": 1}
                    if change:
                        change(row, columns)
                    rows.append(row)
                    curves.append(columns)
    write_rows(path, rows, curves, suite)


def write_rows(path, rows, curves, suite="optimizers"):
    with h5py.File(path, "w", userblock_size=seal.SEAL_BYTES) as file:
        file.attrs.update({"format": "ravine-results", "format_version": 1, "suite": suite})
        file.create_group("environment").attrs["cpu"] = "made up"
        trials, columns = file.create_group("trials"), file.create_group("curves")
        for name in rows[0]:
            values = [row[name] for row in rows]
            text = isinstance(values[0], str)
            trials.create_dataset(name, data=values, dtype=h5py.string_dtype() if text else None)
        columns["row_size"] = [len(one["step"]) for one in curves]
        for name in curves[0]:
            columns[name] = np.concatenate([one[name] for one in curves])
            if name.endswith("loss") or name == "objective":
                columns[name].attrs["units"] = "nats"
            elif name.endswith("accuracy"):
                columns[name].attrs["units"] = "fraction"
        real_vocabulary.copy_into(file)
        component_texts.write(file)
    seal.seal(path, "ravine-results", "0123456789abcdef")
