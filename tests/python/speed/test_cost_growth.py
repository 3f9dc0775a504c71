"""scripts/cost_growth: exponents of known powers, and parameters counted as networks have them."""

import numpy as np
import pytest

from ravine.speed.cost_growth.figure import draw
from ravine.speed.cost_growth.growth import Curve, curves
from ravine.speed.cost_growth.series import Network, Point


def test_the_exponent_of_the_upper_half_is_found():
    x = np.array([1.0, 2, 4, 8, 16, 32, 64, 128])
    y = np.maximum(5, 0.3 * x**1.7)  # a fixed cost hides the growth of small x
    curve = Curve("step", "width", "ms", "", x, np.where(x < 16, 5, y))
    assert curve.exponent == pytest.approx(1.7)
    fitted_x, fitted_y = curve.fitted()
    assert fitted_y == pytest.approx(0.3 * fitted_x**1.7)


def test_parameters_are_weights_and_biases():
    assert Network(width=100, depth=2).parameters == 784 * 100 + 100 + 100 * 100 + 100 + 100 * 10 + 10


def test_every_series_is_reported_and_drawn():
    points = [Point(at, 1e-3 * at, 10**8) for at in (32, 64, 128, 256)]
    found = curves({name: points for name in ("width", "depth", "batch", "examples", "trials")})
    exponents = {(curve.quantity, curve.factor): curve.exponent for curve in found}
    assert exponents["step", "batch"] == pytest.approx(1)
    assert exponents["memory", "trials"] == pytest.approx(0, abs=1e-9)
    assert exponents["step", "parameters"] < 1  # parameters grow faster than the width
    figure = draw(found)
    assert len([axes for axes in figure.axes if axes.get_visible()]) == len(found)
    figure.canvas.draw()
    for axes in figure.axes:  # a tick says the number that it stands at: 0.1 was labelled 0
        for at, label in zip(axes.get_yticks(), axes.get_yticklabels()):
            assert float(label.get_text()) == pytest.approx(at)
