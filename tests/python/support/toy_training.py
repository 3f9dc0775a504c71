"""Real, small training runs in numpy, many seeds at once, with and without seeded defects.

A network 12-16-4 (tanh, softmax) learns 320 examples of four classes. All arrays have the seeds as
their first axis. Initial weights and batch order depend on the seed only, as in ravine.
"""

import dataclasses

import numpy as np
from ravine.gate.configurations import Trial

INPUTS, HIDDEN, CLASSES, EXAMPLES, BATCH, STEPS = 12, 16, 4, 320, 16, 200
OBSERVED = sorted({*(2**k for k in range(8)), *range(0, STEPS + 1, EXAMPLES // BATCH)})


@dataclasses.dataclass(frozen=True)
class Rule:
    """One configuration. The defects are named in DEFECTS."""

    optimizer: str = "sgd"
    learning_rate: float = 0.1
    batch_norm: bool = False
    schedule: str = "constant"
    defect: str = ""
    rounding: float = 0.0  # relative perturbation of the initial weights


RULES = {
    "sgd": Rule("sgd", 0.5),
    "momentum": Rule("momentum", 0.1),
    "adam": Rule("adam", 0.1),
    "sgd with batch norm": Rule("sgd", 2.0, batch_norm=True),
    "sgd with linear schedule": Rule("sgd", 0.5, schedule="linear"),
}
DEFECTS = {  # defect: the configuration in which it acts
    "no bias correction of the second moment": "adam",
    "1/sigma lost in the batch-norm gradient": "sgd with batch norm",
    "momentum 0.88 instead of 0.9": "momentum",
    "unshuffled sampler": "sgd",
    "schedule one step late": "sgd with linear schedule",
}


def train(rule, seeds):
    """{seed: Trial}, with the columns step, train_loss and train_accuracy."""
    x, y = _data()
    w = _initial(seeds, rule.rounding)
    state = [(np.zeros_like(p), np.zeros_like(p)) for p in w]
    orders = [np.random.default_rng([seed, 2]) for seed in seeds]
    rows, order = [], None
    for step in range(STEPS + 1):
        if step > 0:
            at = (step - 1) % (EXAMPLES // BATCH)
            if at == 0:
                order = np.array([np.arange(EXAMPLES) if rule.defect == "unshuffled sampler"
                                  else one.permutation(EXAMPLES) for one in orders])
            batch = order[:, at * BATCH : (at + 1) * BATCH]
            gradients = _gradients(w, x[batch], y[batch], rule)
            _update(rule, step, w, gradients, state)
        if step in OBSERVED:
            rows.append(_measure(w, x, y, rule))
    losses, accuracies = np.array(rows).transpose(1, 2, 0)
    return {seed: Trial("completed", "", "none", {
                "step": np.array(OBSERVED), "train_loss": loss, "train_accuracy": accuracy},
                worst=1e4)
            for seed, loss, accuracy in zip(seeds, losses, accuracies)}


def _data():
    random = np.random.default_rng(0)
    centers = 0.9 * random.normal(size=(CLASSES, INPUTS))
    y = np.repeat(np.arange(CLASSES), EXAMPLES // CLASSES)
    return centers[y] + random.normal(size=(EXAMPLES, INPUTS)), y


def _initial(seeds, rounding):
    weights = []
    for seed in seeds:
        random = np.random.default_rng([seed, 1])
        weights.append((random.normal(size=(INPUTS, HIDDEN)) / np.sqrt(INPUTS),
                        random.normal(size=(HIDDEN, CLASSES)) / np.sqrt(HIDDEN)))
    w1, w2 = (np.array(part) for part in zip(*weights))
    noise = np.random.default_rng(99)
    return [w * (1 + rounding * noise.choice([-1.0, 1.0], size=w.shape)) for w in (w1, w2)]


def _forward(w, x, rule):
    z = x @ w[0]
    sigma = None
    if rule.batch_norm:
        sigma = np.sqrt(z.var(axis=-2, keepdims=True) + 1e-3)
        z = (z - z.mean(axis=-2, keepdims=True)) / sigma
    h = np.tanh(z)
    logits = h @ w[1]
    logits = logits - logits.max(axis=-1, keepdims=True)
    p = np.exp(logits)
    return z, sigma, h, p / p.sum(axis=-1, keepdims=True)


def _gradients(w, x, y, rule):
    z, sigma, h, p = _forward(w, x, rule)
    d = (p - np.eye(CLASSES)[y]) / x.shape[-2]
    g2 = h.swapaxes(-1, -2) @ d
    d = (d @ w[1].swapaxes(-1, -2)) * (1 - h**2)
    if rule.batch_norm:
        d = d - d.mean(axis=-2, keepdims=True) - z * (d * z).mean(axis=-2, keepdims=True)
        if rule.defect != "1/sigma lost in the batch-norm gradient":
            d = d / sigma
    return [x.swapaxes(-1, -2) @ d, g2]


def _update(rule, t, w, gradients, state):
    rate = rule.learning_rate
    if rule.schedule == "linear":
        k = t - 1 if rule.defect == "schedule one step late" else t
        rate *= 1 - 0.99 * k / STEPS
    alpha = 0.88 if rule.defect == "momentum 0.88 instead of 0.9" else 0.9
    for p, g, (first, second) in zip(w, gradients, state):
        if rule.optimizer == "adam":
            first[...] = 0.9 * first + 0.1 * g
            second[...] = 0.999 * second + 0.001 * g**2
            corrected = second
            if rule.defect != "no bias correction of the second moment":
                corrected = second / (1 - 0.999**t)
            p -= rate * first / (1 - 0.9**t) / (np.sqrt(corrected) + 1e-8)
        elif rule.optimizer == "momentum":
            first[...] = alpha * first - rate * g
            p += first
        else:
            p -= rate * g


def _measure(w, x, y, rule):
    p = _forward(w, np.broadcast_to(x, (len(w[0]), *x.shape)), rule)[3]
    right = p[:, np.arange(EXAMPLES), y]
    return -np.log(right).mean(axis=1), (p.argmax(axis=-1) == y).mean(axis=1)
