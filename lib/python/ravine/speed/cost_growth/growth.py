"""What is fitted: quantities, the factor that they grow with, and what theory expects."""

import dataclasses

import numpy as np

from .series import INPUTS, Network


@dataclasses.dataclass(frozen=True)
class Curve:
    """Values y over x, with the exponent p of y ~ x^p over the upper half of the points."""

    quantity: str
    factor: str
    unit: str
    expected: str
    x: np.ndarray
    y: np.ndarray

    @property
    def upper(self):
        """From the middle on: below, fixed costs hide the growth."""
        return slice(len(self.x) // 2, None)

    @property
    def exponent(self):
        return float(np.polyfit(np.log(self.x[self.upper]), np.log(self.y[self.upper]), 1)[0])

    def fitted(self):
        """(x, y) of the fitted line."""
        slope, offset = np.polyfit(np.log(self.x[self.upper]), np.log(self.y[self.upper]), 1)
        return self.x[self.upper], np.exp(offset) * self.x[self.upper] ** slope


def curves(measured):
    """Every curve that is reported, from the series of series.measure()."""
    parameters = [Network(width=int(point.at)).parameters for point in measured["width"]]

    def of(name, value, x=None):
        points = measured[name]
        return (np.array([p.at for p in points] if x is None else x, dtype=float),
                np.array([value(p) for p in points], dtype=float))

    def milliseconds(point):
        return point.seconds * 1e3

    def megabytes(point):
        return point.peak_bytes * 1e-6

    return [
        Curve("step", "width", "ms", f"1 ({INPUTS} inputs) to 2", *of("width", milliseconds)),
        Curve("step", "depth", "ms", "up to 1", *of("depth", milliseconds)),
        Curve("step", "batch", "ms", "up to 1", *of("batch", milliseconds)),
        Curve("step", "parameters", "ms", "1", *of("width", milliseconds, parameters)),
        Curve("step", "training examples", "ms", "0", *of("examples", milliseconds)),
        Curve("suite", "trials", "s", "1", *of("trials", lambda p: p.seconds)),
        Curve("memory", "parameters", "MB", "up to 1", *of("width", megabytes, parameters)),
        Curve("memory", "trials", "MB", "0", *of("trials", megabytes)),
    ]
